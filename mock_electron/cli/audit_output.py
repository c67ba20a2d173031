"""What `mock-electron audit` writes: a table of its formats."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import click

from mock_electron.audit.formats.document import document
from mock_electron.audit.formats.github import annotations, summary
from mock_electron.audit.formats.sarif import sarif
from mock_electron.audit.lane_audit import LaneAudit
from mock_electron.cli.output_files import json_bytes, write_output
from mock_electron.traffic.lines import counted

Audits = Sequence[LaneAudit]
STEP_SUMMARY: Final = "GITHUB_STEP_SUMMARY"
"""The variable with the file to which the commands of a step add their summaries."""


def _json(audits: Audits, _file: str) -> bytes:
    return json_bytes(document(audits))


def _junit(audits: Audits, _file: str) -> bytes:
    from mock_electron.audit.formats.junit import junit  # needs an extra

    return junit(audits)


def _sarif(audits: Audits, _file: str) -> bytes:
    return json_bytes(sarif(audits))


def _github(audits: Audits, file: str) -> bytes:
    """Return the summary, after what the file of the step has already. Print the annotations."""
    for line in annotations(audits):
        click.echo(line)
    before = b""
    if file == os.environ.get(STEP_SUMMARY) and Path(file).is_file():
        before = Path(file).read_bytes()
    return before + summary(audits).encode()


def _html(audits: Audits, _file: str) -> bytes:
    from mock_electron.control.audit_page import audit_page  # the other formats need no page

    return audit_page(audits)


FORMATS: Final[Mapping[str, Callable[[Audits, str], bytes]]] = {
    "--json": _json,
    "--junit": _junit,
    "--sarif": _sarif,
    "--github": _github,
    "--html": _html,
}
"""What makes the content of a file, by the option."""


def write_formats(audits: Audits, files: Mapping[str, str | None]) -> None:
    """Write audits in the formats whose options are given."""
    contents = {
        file: FORMATS[name](audits, file) for name, file in files.items() if file is not None
    }
    for file, content in contents.items():
        write_output(file, content)


def print_text(audits: Audits, *, err: bool) -> None:
    """Print audits as text.

    Args:
        audits: The audits.
        err: Whether to print them to standard error.
    """
    for one in audits:
        click.echo(f"{one}\n", err=err)
    found = counted(sum(len(one.audit) for one in audits), "finding")
    failing = sum(len(one.audit.failing) for one in audits)
    where = f" in {len(audits)} lanes" if len(audits) > 1 else ""
    click.echo(f"mock-electron audit: {found}{where}, {failing} of them failing", err=err)
