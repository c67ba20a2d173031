"""`mock-electron whatif`: a journal file in another world, and what is wrong with the arguments."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner, Result
from lanes import ask
from rows import each_of

from mock_electron import Plan, read_journal
from mock_electron.cli.app import cli
from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings
from mock_electron.traffic.exchanges import exchanges_of

RULES = "You talk to Asha. " + "Be brief and kind. " * 12


def saved(folder: Path, name: str = "journal.jsonl", requests: int = 12) -> str:
    """Save the journal of a lane, and return the name of the file."""
    lane = Lane(Settings(pace="electron"))
    for number in range(requests):
        question = {"role": "user", "content": f"Question {number}"}
        ask(lane, messages=[{"role": "system", "content": RULES}, question], max_tokens=90)
    file = folder / name
    exchanges_of(lane.exchanges(), 0, "", lane.settings).save(file)
    return str(file)


def whatif(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["whatif", *arguments])


def test_both_worlds_are_printed_side_by_side(tmp_path: Path) -> None:
    """The table has the worlds and their sums, and the rest what is different and not imitated."""
    file = saved(tmp_path)
    arguments = ("--plan", "10/2", "--pace", "p95", "--move", "Asha", "--last", "--max-tokens", "3")
    result = whatif(file, *arguments)
    assert result.exit_code == 0
    lines = [line.split() for line in result.output.splitlines()]
    assert ["plan", "unlimited", "10/2"] in lines
    assert ["pace", "electron", "p95"] in lines
    assert ["move", "'Asha'"] in lines
    assert ["429", "0", "2"] in lines
    assert "#11 turn 1 'Question 11': 200 -> 429 rate_limit" in result.output
    assert "Exact, except for what the clients would have done differently." in result.output


def test_the_json_is_what_python_gives(tmp_path: Path) -> None:
    """`--json` has all lanes by name, as `to_dict` has them."""
    file = saved(tmp_path)
    result = whatif(file, "--plan", "50/2", "--pace", "p95", "--rates", "1:0.5:2", "--json", "-")
    expected = read_journal(file)["default"].what_if(plan=Plan(50, 2), pace="p95", rates="1:0.5:2")
    assert json.loads(result.stdout) == {"default": expected.to_dict()}


def two_lanes(folder: Path) -> str:
    """Save a journal with two lanes. Only one has the word Asha in its prompts."""
    lines = Path(saved(folder, requests=1)).read_text("utf-8").splitlines()
    one = json.loads(lines[0])
    other = json.loads(json.dumps(one).replace("Asha", "Ravi"))
    file = folder / "two.jsonl"
    rows = [json.dumps({**one, "lane": "a"}), json.dumps({**other, "lane": "b"})]
    file.write_text("\n".join(rows), "utf-8")
    return str(file)


def test_lanes_are_shown_one_after_the_other(tmp_path: Path) -> None:
    """Each of several has its name above; `--lane` selects one."""
    file = two_lanes(tmp_path)
    assert whatif(file).output.count("lane a:\n") == 1
    assert "lane" not in whatif(file, "--lane", "b").output
    renamed = Path(file).read_text("utf-8").replace('"a"', '"sk_live_ABCDEFGHIJKL"')
    Path(file).write_text(renamed, "utf-8")
    assert "lane …IJKL:\n" in whatif(file).output
    result = whatif(file, "--move", "Asha")
    assert result.exit_code == 0
    assert "lane b: move: no prompt has 'Asha'" in result.output


@each_of(
    [
        (("--plan", "50/x"), "requests in flight must be at least 1, got 'x'"),
        (("--pace", "p59"), "unknown pace 'p59'; expected one of 'instant', 'electron', 'p95'"),
        (("--move", "Nobody"), "move: no prompt has 'Nobody'"),
        (("--move", "(", "--regex"), "--move: wrong regular expression: missing )"),
        (("--last",), "--last needs --move"),
        (("--regex",), "--regex needs --move"),
        (("--max-tokens", "0"), "max_tokens must be an integer of at least 1, or None, got 0"),
        (("--account", "sk_a"), "--account must be groups of two or more API keys"),
        (("--rates", "exampl"), "unknown rates 'exampl'"),
        (("--rates", "none.toml"), "none.toml: cannot be read"),
        (("--lane", "defalt"), "unknown lane 'defalt'; expected 'default'"),
        (("--paces", "p95"), "No such option '--paces'. Did you mean '--pace'?"),
    ]
)
def test_wrong_arguments_are_named(arguments: tuple[str, ...], words: str) -> None:
    """The exit status is 2, and the message says what is right."""
    with TemporaryDirectory() as folder:
        result = whatif(saved(Path(folder), requests=1), *arguments)
    assert result.exit_code == 2
    assert words in result.output


def test_a_file_that_is_no_journal_is_refused(tmp_path: Path) -> None:
    """The message has the file, the line and the reason; the exit status is 2."""
    file = Path(saved(tmp_path))
    file.write_text(file.read_text("utf-8") + "{}\n", "utf-8")
    for name, words in ((str(file), "journal.jsonl:13: is not a line"), ("no.jsonl", "no.jsonl: ")):
        result = whatif(name)
        assert result.exit_code == 2
        assert words in result.output


def test_settings_and_tools_are_options(tmp_path: Path) -> None:
    """What Python accepts by name, the command line accepts as an option."""
    file = saved(tmp_path)
    given = (
        *("--prefix-cache-tokens", "0", "--prefix-cache-idle", "9", "--chunk-tokens", "2"),
        *("--account", "sk_a:sk_b", "--accept-json-schema", "--without-tool", "get_weather"),
        *("--stream", "--include-usage", "--move", "A[a-z]+", "--regex"),
    )
    result = whatif(file, *given)
    assert result.exit_code == 0, result.output
    assert "0 (0%)" in result.output
    assert "sk_a" not in result.output


@pytest.mark.parametrize("name", ["whatif", "what-if"])
def test_the_command_is_found(name: str) -> None:
    """A wrong name suggests the right one."""
    output = CliRunner().invoke(cli, [name, "--help"]).output
    assert "JOURNAL" in output or "Did you mean 'whatif'?" in output
