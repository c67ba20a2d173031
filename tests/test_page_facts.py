"""Counts and names on the pages are those of the code."""

import re
from pathlib import Path

from lanes import ask

import mock_electron
from mock_electron import Electron, Pace, Plan, Settings, faults
from mock_electron.contract import CLAUSES
from mock_electron.engine import keys
from mock_electron.engine.faults.injection import Injection
from mock_electron.engine.lane import Lane
from mock_electron.serve import incoming, protocol
from mock_electron.wire import body

ROOT = Path(__file__).parent.parent
PAGES = {
    path.name: path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
}
NUMBERS = "no one two three four five six seven eight nine ten".split()


def test_the_pages_say_how_many_clauses_there_are() -> None:
    """A page gives their number, or the number rounded to tens."""
    found = [
        (name, number)
        for name, text in PAGES.items()
        for number in re.findall(r"about (\d+) \*?clauses", text)
    ]
    assert [name for name, _ in found] == ["check-your-gateway.md"]
    assert [one for one in found if int(one[1]) != round(len(CLAUSES), -1)] == []


def test_the_readme_does_not_miscount_its_tests() -> None:
    """A heading with a number has as many tests below it."""
    wrong = []
    for section in PAGES["README.md"].split("\n## ")[1:]:
        heading, tests = (
            section.partition("\n")[0],
            len(re.findall(r"^(async )?def test_", section, re.M)),
        )
        counted = [
            *re.findall(r"\b(\w+) tests\b", heading),
            *re.findall(r"\bAll (\w+) share", section),
        ]
        wrong += [
            heading
            for word in counted
            if word.lower() in NUMBERS and NUMBERS.index(word.lower()) != tests
        ]
    assert wrong == []


def test_every_variable_and_every_public_name_is_on_its_page(electron: Electron) -> None:
    """The pages list all variables of `electron.env`, and all names to import."""
    names = {*mock_electron.__all__} - {"__version__"}
    missing = {
        page: [name for name in sorted(listed) if f"`{name}`" not in PAGES[page]]
        for page, listed in (
            ("other-languages.md", {*electron.env}),
            ("electron.md", {*electron.env} | names),
        )
    }
    assert missing == {"other-languages.md": [], "electron.md": []}


def test_the_page_of_errors_has_the_encodings_keys_and_limits_of_the_code() -> None:
    """The row of an error names what causes it."""
    rows = {
        name: line
        for line in PAGES["errors.md"].splitlines()
        for name in re.findall(r"^\| \d+ \| `(\w+)`", line)
    }
    charsets = {"utf-8", "utf-16", "utf-16le", "utf-16be"}
    assert {name.replace("-", "") for name in charsets} == {*body.CHARSETS}
    expected: dict[str, set[str]] = {
        "unsupported_media_type": {*body.CODINGS, *body.OTHER_NAMES, *charsets} - {""},
        "upload_timeout": {"upload_timeout"},
        "too_large": {"body_limit"},
        "not_scripted": set(),
        "test_ended": set(),
    }
    for key, error in keys.REFUSED_KEYS.items():
        expected.setdefault(error.name, set()).add(key)
    expected["permission"].add("allow_hosts")
    causes = {name: {*re.findall(r"`([^`]+)`", rows[name].split("|")[3])} for name in expected}
    causes["unsupported_media_type"].discard("Content-Encoding")
    assert causes == expected
    assert f"after {protocol.HEAD_TIMEOUT:g} seconds" in rows["upload_timeout"]


def test_the_page_of_settings_has_the_fields_of_plans_and_paces() -> None:
    """The table has only their texts, which cannot give all of them."""
    text = PAGES["settings.md"].partition("<!-- settings: end -->")[2]
    fields = (*Plan.__struct_fields__, *Pace.__struct_fields__)
    assert [name for name in fields if f"`{name}`" not in text] == []
    assert f"`overhead` is {Pace().overhead:.3f} then" in text


def test_the_page_of_differences_has_the_limit_of_waiting_bytes() -> None:
    """Above it, systems without POLLRDHUP notice late that a client has disconnected."""
    line = next(one for one in PAGES["fidelity.md"].splitlines() if "pipelining" in one)
    assert f"more than {incoming.MAX_UNREAD >> 20} MiB" in line
    assert "macOS and Windows" in line


def test_the_page_of_faults_says_which_ones_close_the_connection() -> None:
    """A row about replies in one piece says so if and only if the fault closes it."""
    section = PAGES["faults.md"].partition("### In a reply\n")[2].partition("### Proxies")[0]
    rows = re.findall(r"^\| `faults\.(\w+)\(([^`]*)\)` \|(.*)$", section, re.M)
    offenders = []
    for name, arguments, row in rows:
        lane = Lane(Settings())
        fault = eval(f"{name}({arguments})", vars(faults))  # noqa: S307 (a text of the page)
        lane.inject(Injection(fault))
        if (ask(lane).ending == "close") != ("the connection is closed" in row):
            offenders.append(row)
    assert (len(rows) > 10, offenders) == (True, [])
