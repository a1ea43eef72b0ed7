"""`workbench report`: the case packet."""

from __future__ import annotations

from pathlib import Path

import click

from workbench.cli import output
from workbench.cli.session import CASE, open_case, revealing
from workbench.errors import UsageError
from workbench.report.packet import Packet, Subject


@click.command()
@CASE
@click.option("--cluster", metavar="ID", help="only this cluster")
@click.option("--campaign", metavar="ID", help="only this campaign")
@click.option("-o", "--output", "folder", type=click.Path(path_type=Path), required=True,
              help="a new folder to write it into")  # fmt: skip
@revealing
def report(case: Path, cluster: str | None, campaign: str | None, folder: Path) -> int:
    """Write a packet that shows and proves what CASE holds, checkable with a bare Python."""
    if cluster and campaign:
        raise UsageError("Give --cluster or --campaign, not both.")
    subject = Subject()
    if cluster or campaign:
        subject = Subject("cluster" if cluster else "campaign", cluster or campaign or "")
    with open_case(case) as session:
        session.case.verify_store()
        packet = Packet(session.service, session.client, session.library, session.span, folder)
        files = packet.write(subject)
    output.Talk().say(f"Wrote {files:,} files to {folder}; begin with report.md.")
    return 0
