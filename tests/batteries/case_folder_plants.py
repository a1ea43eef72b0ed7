"""What somebody may put into a case folder: files of every kind, and files that pass for ours."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

from workbench.resources import queries_dir

CASE = Path(__file__).parents[1] / "fixtures" / "versions" / "0.1.0" / "case"
PRIVATE = "-----BEGIN OPENSSH PRIVATE KEY-----"
_ESCAPE = "\x1b]52;c;ZWNobw==\x07\x1b]0;owned\x07\x1b[2J\u202e"
_NEW = (
    "queries/x.sql", "queries/playbooks/y.toml", "queries/traits/z.sql", "audit.d/x",
    "audit.d/sets/x.txt", "x\x1b]52;c", "queries/x\x1b]52;c\n.sql", "exports/x", "settings.toml",
)  # fmt: skip
_TEXTS = (
    b"", b"\0" * 100, b"\xff\xfe", b"a = " + b"[" * 100_000, b"a = " + b"9" * 5000,
    b"a." * 50_000 + b"b=1", _ESCAPE.encode(), b"{" * 70_000, b"\xef\xbb\xbf",
    b'id = "x"\ntitle = "x"\n' + b"[[step]]\n" * 20_000,
)  # fmt: skip
_SQL = "SELECT 'RAN-' || 'UNTRUSTED' AS what"
_SHIPPED = sorted(path for path in queries_dir().glob("**/*.sql") if "@" not in path.name)

Plant = Callable[[Path, Path, random.Random], None]
Trick = Callable[[Path, random.Random], str]


def _huge(path: Path, _private: Path, _dice: random.Random) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 36)


def _changed(path: Path, _private: Path, dice: random.Random) -> None:
    path.write_bytes(dice.choice(_TEXTS))


def _flipped(path: Path, _private: Path, dice: random.Random) -> None:
    data = bytearray(b"some text of a case folder\n" * 20)
    for _ in range(8):
        data[dice.randrange(len(data))] = dice.randrange(256)
    path.write_bytes(bytes(data))


PLANTS: tuple[Plant, ...] = (
    lambda path, private, _: path.symlink_to(private),
    lambda path, private, _: path.symlink_to(private.parent),
    lambda path, _private, _dice: path.symlink_to(path.name),
    lambda path, _private, _dice: path.symlink_to("/dev/zero"),
    lambda path, _private, _dice: os.mkfifo(path),
    lambda path, _private, _dice: path.mkdir(),
    _huge, _changed, _changed, _flipped,
)  # fmt: skip


def _header(name: str, title: str = "Theirs", kind: str = "query", more: str = "") -> str:
    return f'/*+++\nid = "{name}"\ntitle = "{_toml(title)}"\nkind = "{kind}"\n{more}+++*/\n'


def _toml(text: str) -> str:
    return "".join(f"\\U{ord(one):08X}" for one in text)


def _write(case: Path, name: str, text: str) -> None:
    path = case / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink() or path.exists():
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    path.write_text(text)


def _shadow(case: Path, dice: random.Random) -> str:
    """A file with a shipped id that answers as its author likes."""
    for path in dice.sample(_SHIPPED, dice.randint(1, len(_SHIPPED))):
        head, sql = path.read_text().split("+++*/", 1)
        forged = f"{head}+++*/\nSELECT * FROM ({sql}\n) WHERE false"
        _write(case, f"queries/{path.parent.name}/{path.name}", forged)
    return "shipped ids"


def _families(case: Path, dice: random.Random) -> str:
    for at in range(dice.randint(1, 25)):
        head = _header(f"trait-{at}", kind="trait", more='family = "ip"\n')
        _write(case, f"queries/traits/t{at}.sql", head + "SELECT 1")
    return "families"


def _own(case: Path, dice: random.Random) -> str:
    """A query and a playbook that would run, with texts that would act."""
    more = f'question = "{_toml(_ESCAPE)}"\n'
    _write(case, "queries/theirs.sql", _header("theirs", _ESCAPE, more=more) + _SQL)
    stop = dice.choice(("rows = 0", "rows > " + "9" * 5000, "__import__('os')", ""))
    say = _toml(_ESCAPE)
    book = f'id = "their-book"\ntitle = "{say}"\n[[step]]\nquery = "theirs"\nsay = "{say}"\n'
    _write(case, "queries/playbooks/b.toml", f'{book}stop_if = "{stop}"\n')
    return "own query and playbook"


def _alike(case: Path, _dice: random.Random) -> str:
    for at, name in enumerate(("c1uster-card", "Cluster-card", "cluster-card@1", "clustercard")):
        _write(case, f"queries/a/b/c/{at}.sql", _header(name) + _SQL)
    return "ids that read alike"


def _many(case: Path, dice: random.Random) -> str:
    number = dice.choice((600, 2_500, 10_000))
    for at in range(number):
        _write(case, f"queries/m{at % 7}/q{at}.sql", _header(f"many-{at}") + _SQL)
    return f"{number} queries"


def _deep(case: Path, dice: random.Random) -> str:
    folder = "/".join(["d"] * dice.choice((50, 400)))
    _write(case, f"queries/{folder}/q.sql", _header("deep") + _SQL)
    return "deep folders"


def _broken(case: Path, dice: random.Random) -> str:
    head = dice.choice((
        "id = ", 'id = "x"', 'id = "x"\ntitle = "x"\nrev = ' + "9" * 60, "[[params]]",
        'id = "x"\ntitle = "x"\n[params.a]\ntype = "int"\ndefault = "' + "9" * 5000 + '"',
        'id = "x"\ntitle = "x"\n[[next]]\nquery = "' + "q" * 100_000 + '"\nlabel = ""',
        'id = "' + "a" * 200_000 + '"\ntitle = "x"',
        'id = "x"\ntitle = "x"\n"' + "k" * 90_000 + '" = 1',
    ))  # fmt: skip
    _write(case, "queries/broken.sql", f"/*+++\n{head}\n+++*/\n{_SQL}")
    _write(case, "queries/playbooks/broken.toml", head)
    return "broken TOML"


TRICKS: tuple[Trick, ...] = (_shadow, _families, _own, _own, _alike, _many, _deep, _broken)


def mutate(case: Path, private: Path, dice: random.Random) -> list[str]:
    """Replace or add one to three files, or put in what passes for ours; returns their names."""
    files = [path for path in sorted(case.rglob("*")) if path.is_file()]
    names = [str(path.relative_to(case)) for path in files]
    chosen = dice.sample([*names, *_NEW, *_NEW], dice.randint(0, 3))
    for name in dict.fromkeys(chosen):
        (case / name).unlink(missing_ok=True)
        (case / name).parent.mkdir(parents=True, exist_ok=True)
        dice.choice(PLANTS)(case / name, private, dice)
    tricks = dice.sample(TRICKS, dice.randint(0 if chosen else 1, 2))
    return [*chosen, *(trick(case, dice) for trick in tricks if _holds_queries(case))]


def _holds_queries(case: Path) -> bool:
    """Whether the folder of queries is still one: a plant may have taken its place."""
    return (case / "queries").is_dir() and not (case / "queries").is_symlink()
