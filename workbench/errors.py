"""Every error an analyst can meet: a title, a sentence, a hint and an exit code. Draws nothing."""

from __future__ import annotations

import errno


class WorkbenchError(Exception):
    """The work failed or was refused; `message` says what and where, `hint` what to do."""

    title = "This could not be done"
    exit_code = 1

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        title: str | None = None,
        exit_code: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if title is not None:
            self.title = title
        if exit_code is not None:
            self.exit_code = exit_code

    def as_message(self) -> dict[str, str | int]:
        """The form in which a worker process sends the error to the bench."""
        return {
            "title": self.title,
            "message": self.message,
            "hint": self.hint,
            "exit_code": self.exit_code,
        }


class UsageError(WorkbenchError):
    """The words of a command or the values of a parameter are off."""

    title = "Wrong usage"
    exit_code = 2


class IntegrityError(WorkbenchError):
    """A case or a ledger is not what its manifest or chain says."""

    title = "Integrity failure"
    exit_code = 3


class LimitReached(WorkbenchError):
    """A result was cut at its limit while `--strict` asked for the whole."""

    title = "Cut at the limit"
    exit_code = 4


class QueryRefused(WorkbenchError):
    """The SQL gate will not run the statement."""

    title = "Statement refused"


class QueryFailed(WorkbenchError):
    """The engine ran the statement and it failed."""

    title = "Query failed"


class Cancelled(WorkbenchError):
    """The analyst stopped the work."""

    title = "Cancelled"
    exit_code = 130


class Stopped(KeyboardInterrupt):
    """A signal asked this process to end: what it began is undone on the way out."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def from_os(error: OSError) -> WorkbenchError:
    """What a disk, a folder or a file refused, as a sentence."""
    where = f": {error.filename}" if error.filename else ""
    hint = "Free some disk space, or check the owner and mode of the file and its folder."
    if error.errno == errno.EROFS:
        hint = "The media are read-only: copy the case to a disk that can be written."
    return WorkbenchError(f"{error.strerror or error}{where}.", hint=hint)


def from_message(fields: dict[str, object]) -> WorkbenchError:
    """Rebuild an error that a worker process sent."""
    code = fields.get("exit_code")
    kind = Cancelled if code == Cancelled.exit_code else WorkbenchError
    return kind(
        str(fields.get("message", "")),
        hint=str(fields.get("hint", "")),
        title=str(fields.get("title", WorkbenchError.title)),
        exit_code=code if isinstance(code, int) else 1,
    )
