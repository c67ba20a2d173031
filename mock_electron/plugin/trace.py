"""The trace of a test: the inspector as one file, with the exchanges of the test."""

import os
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import pytest

from mock_electron._regex import regex
from mock_electron.control.page_file import page_file, shown_lane
from mock_electron.outputs.files import write_file
from mock_electron.outputs.redaction import redact_message
from mock_electron.testing.electron import Electron

FOLDER: Final = "electron-trace"
"""The folder of the traces, in the root folder of the tests."""
PROPERTY: Final = "electron_trace"
"""The name of the property in JUnit reports."""
SPECIAL: Final = regex(r"[^A-Za-z0-9_.]+")
LONGEST_NAME: Final = 120
"""The maximum length of the readable part of a file name."""
LONGEST_FAILURE: Final = 500
"""The maximum length of the line that says why a test failed."""


def add_trace(item: pytest.Item, report: pytest.TestReport, electrons: Sequence[Electron]) -> None:
    """Write the trace of a test, and name it in its report, in its properties and in pytest-html.

    Args:
        item: The test.
        report: Its report.
        electrons: The fake Electrons that it has used.
    """
    path = item.config.rootpath / FOLDER / _file_name(item)
    lanes = [
        shown_lane(one._name if len(electrons) == 1 else f"{one._name} {number}", *_of(one))
        for number, one in enumerate(electrons, 1)
    ]
    try:
        path.parent.mkdir(exist_ok=True)
        page = page_file(lanes, item.nodeid, _failure(report))
        write_file(path, page.encode("utf-8", "backslashreplace"))  # the line may have surrogates
    except OSError as error:
        report.sections.append(("electron trace", f"The trace was not written: {error}"))
        return
    shown = os.path.relpath(path, item.config.invocation_params.dir)
    if (PROPERTY, shown) not in item.user_properties:
        item.user_properties.append((PROPERTY, shown))
    report.sections.append(("electron trace", shown))
    _add_to_html(item.config, report, path)


def _of(electron: Electron) -> tuple[Any, str, Any]:
    return electron._lane, electron._url, tuple(electron.exchanges_so_far.with_others)


def _failure(report: pytest.TestReport) -> str:
    """Return the first line of what a test failed with, or "" if it passed.

    If the line announces a list, the list is a part of it.
    """
    if not report.failed:
        return ""
    crash = getattr(report.longrepr, "reprcrash", None)  # other texts have none
    text = str(crash.message) if crash is not None else report.longreprtext
    line, *others = text.strip().splitlines() or [""]
    if line.endswith(":"):
        listed = [*takewhile(_is_indented, others)] or others[:1]
        line = f"{line} {'; '.join(map(str.strip, listed))}"
    return redact_message(line[:LONGEST_FAILURE])


def _is_indented(line: str) -> bool:
    return line.startswith(" ")


def _file_name(item: pytest.Item) -> str:
    """Return the name of the file: readable, different for each test and for each retry of it."""
    readable = SPECIAL.sub("-", item.nodeid)[-LONGEST_NAME:].strip("-")
    run = getattr(item, "execution_count", 1)  # of pytest-rerunfailures
    retry = f"-retry{run - 1}" if run > 1 else ""
    return f"{readable}-{crc32(item.nodeid.encode()):08x}{retry}.html"


def _add_to_html(config: pytest.Config, report: pytest.TestReport, path: Path) -> None:
    """Add a link to the report of pytest-html, if that plugin is used."""
    if not config.pluginmanager.hasplugin("html"):
        return
    link = {"name": "electron trace", "format_type": "url", "content": path.as_uri()}
    given: Any = report  # the plugin reads an attribute that the class does not have
    given.extras = [*getattr(report, "extras", []), link | {"mime_type": None, "extension": None}]
