"""Values as an analyst gives them on a command line or in a form: a text, or a file of texts."""

from __future__ import annotations

from pathlib import Path

from workbench.errors import UsageError

MAX_FILE_BYTES = 64 << 20


def given_value(text: str) -> str | list[str]:
    """The text itself; `@FILE` gives the lines of the file as a list, `@@…` a text that begins so.

    For what somebody typed alone: the values of a playbook never name files. Raises UsageError
    where the file cannot be read as UTF-8 text.
    """
    if not text.startswith("@") or text == "@":
        return text
    if text.startswith("@@"):
        return text[1:]
    path = Path(text[1:]).expanduser()
    hint = f"For the text “{text}” itself write “@{text}”."
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            raise UsageError(f"{path} holds more than {MAX_FILE_BYTES >> 20} MiB of ids.")
        lines = data.decode("utf-8-sig").splitlines()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", hint=hint) from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path}, line {line}: this is not UTF-8 text.", hint=hint) from error
    return list(dict.fromkeys(line.strip() for line in lines if line.strip()))
