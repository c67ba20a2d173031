"""The README is true: its tests run, its commands are the ones that CI runs, its links lead somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(language: str) -> list[str]:
    """The README's code blocks in a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_five_tests_pass(pytester: pytest.Pytester) -> None:
    """Copied word by word into an empty directory; none is longer than eight lines."""
    setting, *tests = blocks("python")
    assert len(tests) == 5
    assert all(len(test.splitlines()) <= 8 for test in tests)
    pytester.makepyfile("\n\n".join([setting, *tests]))
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    pytester.runpytest_inprocess().assert_outcomes(passed=5)


def test_the_function_of_the_pocket_models_page_works(pytester: pytest.Pytester) -> None:
    """The example of docs/pocket-model.md, as a user would copy it."""
    page = (ROOT / "docs" / "pocket-model.md").read_text(encoding="utf-8")
    example = re.findall(r"```python\n(.*?)```", page, re.DOTALL)[-1]
    pytester.makepyfile(example)
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    pytester.runpytest_inprocess().assert_outcomes(passed=1)


def test_the_two_commands_make_their_own_environment() -> None:
    """Each sets everything up by itself, and CI takes the second from here."""
    commands = [block for block in blocks("sh") if "venv" in block]
    assert len(commands) == 2
    assert all(command.startswith("python3 -m venv .venv && ") for command in commands)
    assert "coverage run -m pytest" in commands[1]
    assert "grep -m1 'coverage run -m pytest' README.md" in (ROOT / ".ci/run").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link is a file."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_setting_is_documented() -> None:
    """In docs/settings.md, under its own name."""
    from dataclasses import fields

    from mock_electron import Settings

    page = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    assert [field.name for field in fields(Settings) if f"| `{field.name}` |" not in page] == []


def test_every_error_is_documented() -> None:
    """In docs/settings.md, beside its status."""
    from mock_electron.wire.errors import ERRORS

    page = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    for error in ERRORS:
        assert re.search(rf"\| {error.status} \|.*`{error.name}`", page), error.name
