"""What a command line is given from outside: bytes that are no text, closed streams, signals."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.cli.conftest import Bench
from workbench.cli.main import cli

ODD = os.fsdecode(b"M\xfcller")
CASE_ITSELF = {"case", "other"}


def _commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    pending: list[tuple[tuple[str, ...], click.Command]] = [((), cli)]
    while pending:
        words, command = pending.pop()
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                found = command.get_command(context, name)
                assert found is not None
                pending.append(((*words, name), found))
        else:
            yield words, command


COMMANDS = dict(_commands())
TEXTS = [
    pytest.param(words, param.name, id=f"{' '.join(words)} {param.name}")
    for words, command in COMMANDS.items()
    for param in command.params
    if isinstance(param.type, click.types.StringParamType)
    and param.name != "mapping"
    and not getattr(param, "is_flag", False)
]


def _line(words: tuple[str, ...], name: str, odd: str) -> list[str]:
    """A command line with every argument given and the one called `name` odd."""
    line: list[str] = list(words)
    for param in COMMANDS[words].params:
        value = odd if param.name == name else "x"
        if isinstance(param, click.Argument):
            kind = param.type
            line += [kind.choices[0] if isinstance(kind, click.Choice) else value] * (
                param.nargs if param.nargs > 0 else 1
            )
        elif param.name == name:
            line += [param.opts[0], value]
        elif param.required:
            kind = param.type
            line += [param.opts[0], kind.choices[0] if isinstance(kind, click.Choice) else value]
    return line


@pytest.mark.parametrize(("words", "name"), TEXTS)
def test_an_argument_that_is_no_text_is_refused(
    bench: Bench, words: tuple[str, ...], name: str
) -> None:
    ran = bench(*_line(words, name, ODD))
    assert (ran.code, ran.out) == (2, "")
    assert "this is not UTF-8 text" in ran.err


# Every option and argument that names a file to read, with the words that lead to it.
FILES: dict[tuple[str, str], list[str]] = {
    ("load", "files"): ["load", "{new}", "{file}"],
    ("load", "mapping"): ["load", "{new}", "{extract}", "--map", "{file}"],
    ("campaigns exclude", "source"): ["campaigns", "exclude", "{case}", "C-test01", "--from",
                                      "{file}", "--reason", "R-OTHER"],
    ("campaigns include", "source"): ["campaigns", "include", "{case}", "C-test01", "--from",
                                      "{file}", "--reason", "R-OTHER"],
    ("campaigns split", "source"): ["campaigns", "split", "{case}", "C-test01", "--from",
                                    "{file}", "--reason", "R-OTHER"],
    ("resurrect", "others"): ["resurrect", "{case}", "--seen", "{file}"],
    ("queries check", "files"): ["queries", "check", "{file}"],
    ("decide", "source"): ["decide", "{case}", "--verdict", "watch", "--reason", "R-MULTI",
                           "--from", "{file}"],
    ("propose", "source"): ["propose", "{case}", "--verdict", "watch", "--reason", "R-MULTI",
                            "--from", "{file}", "-o", "{new}"],
    ("countersign", "target"): ["countersign", "{case}", "{file}"],
    ("audit checkpoint", "key"): ["audit", "checkpoint", "{case}", "--key", "{file}"],
    ("audit key add", "path"): ["audit", "key", "add", "{case}", "--key", "{file}"],
    ("audit policy", "source"): ["audit", "policy", "{case}", "--set", "{file}"],
    ("audit verify", "checkpoint"): ["audit", "verify", "{case}", "--checkpoint", "{file}"],
    ("audit verify", "signers"): ["audit", "verify", "{case}", "--signers", "{file}"],
    ("audit verify", "revoked"): ["audit", "verify", "{case}", "--revoked", "{file}"],
}  # fmt: skip


def test_every_file_that_is_read_is_listed() -> None:
    read = {
        (" ".join(words), str(param.name))
        for words, command in COMMANDS.items()
        for param in command.params
        if (isinstance(param.type, click.Path) and "--output" not in param.opts)
        or param.name == "mapping"
    }
    written = {("synth", "directory"), ("demo", "path")}
    assert {door for door in read - written if door[1] not in CASE_ITSELF} <= FILES.keys()


@pytest.mark.parametrize("content", [b"M\xfcller\n", b'{"a": "\xff"}\n', b"\xff\xfe\n", b"\0\xff"])
@pytest.mark.parametrize("door", FILES, ids=" ".join)
def test_a_file_that_is_no_text_gets_a_sentence(
    bench: Bench, case: Path, tmp_path: Path, door: tuple[str, str], content: bytes
) -> None:
    file, extract = tmp_path / "given", tmp_path / "accounts.csv"
    file.write_bytes(content)
    extract.write_text("account_id\na-1\n")
    places = {"case": case, "file": file, "extract": extract, "new": tmp_path / "new"}
    ran = bench(*[word.format(**places) for word in FILES[door]])
    assert ran.code in (1, 2, 3) or door[1] in ("signers", "revoked", "checkpoint"), ran
    assert "Error" not in ran.err
    assert "Traceback" not in ran.err
    assert ran.code == 0 or ran.err


def test_a_statement_from_stdin_that_is_no_text_gets_a_sentence(
    bench: Bench, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(b"SELECT 1 AS a,\n'M\xfcller' AS n"))
    monkeypatch.setattr("sys.stdin", stdin)
    ran = bench("sql", case, "-")
    assert ran.code == 2
    assert "stdin, line 2: this is not UTF-8 text" in ran.err


def _shell(script: str, *arguments: object) -> subprocess.CompletedProcess[bytes]:
    wb = f'"{sys.executable}" -m workbench'
    return subprocess.run(
        ["bash", "-c", script.replace("WB", wb), "bash", *map(str, arguments)],
        capture_output=True, stdin=subprocess.DEVNULL, timeout=120, check=False,
    )  # fmt: skip


CLOSED = [
    'WB info "$1" >&-',
    'WB info "$1" <&- >&- 2>&-',
    'WB sql "$1" "SELECT * FROM accounts" --format csv >&-',
    "WB --help >&-",
    'WB sql "$1" "SELECT * FROM range(100000)" --format csv | head -1 >/dev/null',
    'WB sql "$1" "SELECT * FROM range(100000)" | head -1 >/dev/null',
    "WB clusters --help | true",
    "PYTHONIOENCODING=ascii WB info \"$1\" >/dev/null",
    "LC_ALL=POSIX PYTHONCOERCECLOCALE=0 PYTHONUTF8=0 "
    "WB sql \"$1\" \"SELECT chr(233), chr(128512)\" >/dev/null",
]  # fmt: skip


@pytest.mark.parametrize("script", CLOSED)
def test_streams_that_are_closed_or_narrow_end_nothing_with_a_trace(
    case: Path, script: str
) -> None:
    ran = _shell(f"set -o pipefail; {script}", case)
    assert ran.stderr == b""
    assert ran.returncode == 0 or "| true" in script  # click leaves with 1


@pytest.mark.parametrize("script", ['WB info "$1" 2>&- >&-', 'WB sql "$1" "SELEC" 2>&-'])
def test_a_closed_stream_gives_its_number_to_no_file(case: Path, script: str) -> None:
    before = (case / "case.toml").read_bytes()
    _shell(script, case)
    assert (case / "case.toml").read_bytes() == before


PHASES = {
    "the interpreter has begun": "",
    "modules load": "import workbench.cli, sys; sys.modules['workbench.cli.main'] = None\n"
    "class Interrupts:\n"
    "    def find_spec(self, name, *rest):\n"
    "        if name == 'click': os.kill(os.getpid(), NUMBER)\n"
    "sys.meta_path.insert(0, Interrupts()); del sys.modules['workbench.cli.main']\n",
    "a command loads": "class Interrupts:\n"
    "    def find_spec(self, name, *rest):\n"
    "        if name == 'workbench.cli.info': os.kill(os.getpid(), NUMBER)\n"
    "sys.meta_path.insert(0, Interrupts())\n",
    "the command has ended": "import atexit, workbench.cli.main as m\n"
    "run = m.run\n"
    "m.run = lambda words: (run(words), atexit.register(os.kill, os.getpid(), NUMBER))[0]\n",
}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("phase", [name for name, code in PHASES.items() if code])
def test_a_signal_at_any_moment_is_a_sentence(case: Path, phase: str, number: int) -> None:
    code = PHASES[phase].replace("NUMBER", str(int(number)))
    # Whoever runs the tests may ignore one of them.
    code = f"import os, signal, sys\nsignal.signal({int(number)}, signal.SIG_DFL)\n{code}"
    if number == signal.SIGINT:
        code = code.replace("signal.SIG_DFL", "signal.default_int_handler")
    program = f"{code}from workbench.__main__ import main\nmain()"
    ran = subprocess.run(
        [sys.executable, "-c", program, "info", str(case)],
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert ran.returncode == 128 + number
    assert ran.stderr.strip() == b"Cancelled: Interrupted; nothing was left half done."


def test_a_reader_that_left_does_not_change_the_exit_code() -> None:
    code = "import sys, workbench.cli.main as m\n"
    code += "m.run = lambda words: (sys.stdout.write('x'), 3)[1]\n"
    source, target = os.pipe()
    os.close(source)
    ran = subprocess.run(
        [sys.executable, "-c", f"{code}from workbench.__main__ import main\nmain()"],
        stdout=target, stderr=subprocess.PIPE, timeout=60, check=False,
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
    )  # fmt: skip
    os.close(target)
    assert (ran.returncode, ran.stderr) == (3, b"")
