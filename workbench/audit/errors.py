"""What the ledger refuses, and why. Draws nothing."""

from __future__ import annotations

REFUSED = 1
INTEGRITY = 3


class LedgerError(Exception):
    """The ledger refused or failed; `message` says what and where, `hint` what to do.

    `exit_code` is 1 where the act was refused or failed, 3 where the ledger is not what it was.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        title: str = "Not recorded",
        exit_code: int = REFUSED,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.title = title
        self.exit_code = exit_code


class DamagedError(LedgerError):
    """The ledger's bytes are not what the chain, or what this analyst last saw, says."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(
            message,
            hint=hint
            or "Run `workbench audit verify` to see the damage; nothing is appended until "
            "`workbench audit recover` is given a reason.",
            title="The ledger is damaged",
            exit_code=INTEGRITY,
        )


class MalformedError(ValueError):
    """A line or a value is not what wb-audit/1 allows; the text says which field."""
