"""`workbench trust`: lets the queries and playbooks that lie in a case run, once they were read."""

from __future__ import annotations

from pathlib import Path

import click

from workbench.case.folder import Case
from workbench.cli import output
from workbench.cli.session import CASE
from workbench.errors import UsageError, WorkbenchError
from workbench.playbooks.case_files import CaseFiles, read_case_files
from workbench.playbooks.format import CASE as FROM_CASE
from workbench.playbooks.format import SavedQuery
from workbench.playbooks.library import Library, read_library_with
from workbench.playbooks.playbook import Playbook
from workbench.playbooks.trust import forget, is_trusted, trust, what_is_trusted
from workbench.text.format import counted
from workbench.text.sanitize import safe_text


@click.command("trust")
@CASE
@click.option("--show", is_flag=True, help="print what would run, whole, and change nothing")
@click.option("--forget", "back", is_flag=True, help="take the trust back")
@click.option("--digest", default="", metavar="HEX",
              help="trust only what has this digest, as --show prints it")  # fmt: skip
def trust_command(case: Path, show: bool, back: bool, digest: str) -> int:
    """Let the queries and playbooks that lie in CASE run for you, on this host.

    They were written by whoever made the case. Kept is, in your own state folder, which files they
    were: when one changes, you are asked again. Cases of your own loads, and queries that you save,
    need no trust.
    """
    if show + back + bool(digest) > 1:
        raise UsageError("Give one of --show, --forget and --digest.")
    files = read_case_files(Case.open(case))
    if show:
        _show(files)
    elif back:
        gone = forget(files)
        output.Talk().say("Taken back." if gone else "Nothing of this case was trusted.")
    else:
        _trust(files, digest.lower())
    return 0


def _trust(files: CaseFiles, digest: str) -> None:
    if digest and digest != files.digest:
        raise WorkbenchError(
            f"The queries and playbooks of {files.root} have the digest {files.digest}, not the "
            "one that you gave: nothing was trusted.",
            hint="Somebody changed them since: read them again with --show.",
        )
    if not files.files:
        output.Talk().say("The case brings no queries or playbooks: there is nothing to trust.")
        return
    trust(files)
    library = read_library_with(files)
    for item in _of_case(library):
        output.write(f"{item.sha256}  {output.cell_text(str(item.path))}\n")
    output.Talk().say(
        f"Trusted: {counted(len(_of_case(library)), 'file')}, together {files.digest}. They run "
        "for you until one of them changes."
    )
    _say_set_aside(files, library)


def _of_case(library: Library) -> list[SavedQuery | Playbook]:
    items: list[SavedQuery | Playbook] = [*library.queries.values(), *library.playbooks.values()]
    return sorted((one for one in items if one.trust == FROM_CASE), key=lambda one: str(one.path))


def _say_set_aside(files: CaseFiles, library: Library) -> None:
    for path, error in library.set_aside:
        if path.is_relative_to(files.root):
            output.Talk().say(f"not used: {error.message} {error.hint}")


def _show(files: CaseFiles) -> None:
    """Whether the case is trusted, and every file that would run, each line of it whole."""
    kept = what_is_trusted(files)
    if not files.files:
        state = "it brings nothing"
    elif is_trusted(files):
        state = f"trusted by you at {kept.at if kept is not None else ''}"
    elif kept is not None:
        state = f"not trusted: changed since you trusted it at {kept.at}"
    else:
        state = "not trusted"
    output.write(f"case    {_whole(files.root)}\nstate   {state}\ndigest  {files.digest}\n")
    library = read_library_with(files)
    for item in _of_case(library):
        words = "playbook" if isinstance(item, Playbook) else "query"
        output.write(
            f"\n{words} {item.id}: {_whole(item.title)}\n{_whole(item.path)}\n"
            f"SHA-256 {item.sha256}\n\n"
        )
        output.write("".join(f"    {_whole(line)}\n" for line in item.text.split("\n")))
    _say_set_aside(files, library)


def _whole(text: object) -> str:
    """One line, whole: nothing is hidden behind a cut."""
    return safe_text(text, len(str(text)))
