"""`--electron-trace`: the inspector as one file for each test, or for each that fails."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from mock_electron.control.inspector import FOLDER
from mock_electron.control.page_file import page_file

TESTS = """
    import pytest
    from raw_http import chat, user

    @pytest.mark.parametrize("name", ["a/b", "a.b"])
    def test_fails(electron, name):
        chat(electron, {"messages": user("</script><b>" + name)})
        assert 0

    def test_passes(electron):
        chat(electron, {"messages": user("Hi")})

    @pytest.mark.electron(trace="on")
    def test_is_marked(electron_lane):
        for _ in range(2):
            chat(electron_lane(), {"messages": user("Hi")})

    @pytest.mark.electron(trace="off")
    def test_is_marked_off(electron):
        assert 0

    def test_without_a_lane():
        assert 0
"""


def traced(pytester: pytest.Pytester, *options: str) -> tuple[Any, list[Path]]:
    """Run the tests. Return the run, and the files of the traces."""
    pytester.makepyfile(TESTS)
    ran = pytester.runpytest_inprocess(*options)
    return ran, sorted((pytester.path / "electron-trace").glob("*"))


def data_of(file: Path) -> Any:
    """Return the document in a file."""
    found = re.search(r'id="data">(.*?)</script>', file.read_text("utf-8"), re.S)
    assert found
    return json.loads(found[1])


def names(files: list[Path]) -> list[str]:
    return [re.sub(r"-[0-9a-f]{8}\.html$", "", one.name.partition(".py-")[2]) for one in files]


def test_without_the_option_only_the_marker_counts(pytester: pytest.Pytester) -> None:
    """By default no trace is written. A marker asks for one; several lanes are in one file."""
    _, files = traced(pytester)
    assert names(files) == ["test_is_marked"]
    lanes = data_of(files[0])["lanes"]
    assert [len(lane["exchanges"]) for lane in lanes] == [1, 1]
    assert len({lane["name"] for lane in lanes}) == 2


def test_failed_tests_keep_their_traces(pytester: pytest.Pytester) -> None:
    """Reports, in the terminal and in JUnit XML, name the file of each failed test."""
    option = "--electron-trace=retain-on-failure"
    ran, files = traced(pytester, option, "--junitxml=junit.xml")
    assert names(files) == ["test_fails-a-b", "test_fails-a.b", "test_is_marked"]
    ran.stdout.fnmatch_lines(["*electron trace*", f"electron-trace/{files[0].name}"])
    ran.stdout.fnmatch_lines([f"Replay: *{option}"])
    report = (pytester.path / "junit.xml").read_text("utf-8")
    assert report.count('<property name="electron_trace"') == 3
    [lane] = data_of(files[0])["lanes"]
    assert [row["said"] for row in lane["rows"]] == ["</script><b>a/b"]
    assert "</script><b>" not in files[0].read_text("utf-8")


def test_all_traces(pytester: pytest.Pytester) -> None:
    """With `on`, every test with a lane has a trace, except those that a marker excludes."""
    pytester.makeini(
        "[pytest]\nelectron_trace = on\nasyncio_default_fixture_loop_scope = function\n"
    )
    _, files = traced(pytester)
    assert names(files) == ["test_fails-a-b", "test_fails-a.b", "test_is_marked", "test_passes"]


def test_the_file_names_its_test(pytester: pytest.Pytester) -> None:
    """The title and a heading have the id of the test, and the first line of its failure.

    A list that the line announces is a part of it.
    """
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("name", ["<b>"])
        def test_fails(electron, name):
            raise ValueError("the key is sk_0123456789abcdef <i>\\nand more \\ud800")

        def test_passes(electron):
            pass

        @pytest.mark.electron(strict=True)
        def test_uses_nothing(electron):
            electron.reply("Hello!")
            electron.reply("Good bye!")
        """
    )
    pytester.runpytest_inprocess("--electron-trace=on")
    failed, passed, unused = (
        one.read_text("utf-8") for one in sorted((pytester.path / "electron-trace").glob("*"))
    )
    test = "test_the_file_names_its_test.py::test_fails[&lt;b&gt;]"
    assert f"<title>{test} – mock-electron</title>" in failed
    line = "ValueError: the key is …cdef &lt;i&gt;"
    assert f"<h2><bdi>{test}</bdi></h2><p><bdi>{line}</bdi></p>" in failed
    assert "and more" not in failed
    assert "::test_passes</bdi></h2></div>" in passed
    reason = unused.partition("<p><bdi>")[2].partition("</bdi>")[0]
    steps = r"left over: step 1 .*Hello!.* expected 1 time; step 2 .*Good bye!.* expected 1 time$"
    assert re.search(steps, reason)


def test_a_wrong_value(pytester: pytest.Pytester) -> None:
    """It is refused before any test runs, and in a marker by the test."""
    ran, _ = traced(pytester, "--electron-trace=always")
    ran.stderr.fnmatch_lines(
        ["*--electron-trace: unknown trace 'always'; expected one of 'off', *"]
    )
    pytester.makepyfile(
        "import pytest\n@pytest.mark.electron(trace='no')\ndef test_x(electron): pass"
    )
    ran = pytester.runpytest_inprocess()
    ran.stdout.fnmatch_lines(["*@pytest.mark.electron: unknown trace 'no'; expected one of 'off'*"])


def test_a_folder_that_cannot_be_written(pytester: pytest.Pytester) -> None:
    """The report says so, and the outcome of the test is what it was."""
    (pytester.path / "electron-trace").write_text("a file")
    ran, _ = traced(pytester, "--electron-trace=on")
    ran.assert_outcomes(passed=2, failed=4)
    ran.stdout.fnmatch_lines(["The trace was not written: *"])


def test_no_name_is_in_two_modules() -> None:
    """In the file, all modules of the page are one, which cannot have a name twice."""
    declared = re.compile(r"^(?:export )?(?:async )?(?:function|class|const|let) (\w+)", re.M)
    found = [
        name for file in FOLDER.glob("*.js") for name in declared.findall(file.read_text("utf-8"))
    ]
    assert [name for name, count in Counter(found).items() if count > 1] == []


def test_the_file_allows_only_its_own_script() -> None:
    """It loads nothing, and has no import that needs a server."""
    page = page_file(())
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    assert not re.search(r"^(import|export) ", page, re.M)
    assert not re.search(r'(src|href)="page/', page)
