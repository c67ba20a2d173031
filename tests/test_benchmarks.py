"""The benchmarks that need other programs or minutes: their tables, their errors, and their loads.

Nothing is timed here.
"""

import asyncio
import json
import re
import runpy
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

from mock_electron.engine.lane import Lane
from mock_electron.serve.server import Server

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import _peers
import _rows
import _soaked
import _traffic
import _wrk
import peers
import soak
from _bare import REPLY
from _lane import calls_of_a_repeated_request
from _server import Served

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def without_programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Hide all programs that are found by name."""
    monkeypatch.setenv("PATH", str(tmp_path))


def _table(**figures: dict[str, _rows.Cell]) -> list[list[str]]:
    table = _rows.Table(figures, "bare", ("slow", "quick"), "ours")
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.lines()]


def test_a_row_has_both_ratios_and_says_whether_each_target_is_met() -> None:
    """The chat row is compared with bare uvicorn and with the best peer."""
    row = _rows.BASELINE
    lines = _table(
        bare={row: 30_000.0}, slow={row: 3_000.0}, quick={row: 9_000.0}, ours={row: 18_000.0}
    )
    assert lines[2] == [
        row, "30,000", "3,000", "9,000", "18,000", "0.60", "2.00",
        "≥ 0.6 × bare; ≥ 1.8 × best peer", "yes, yes",
    ]  # fmt: skip
    assert lines[3][-1] == "skipped: not measured"


@pytest.mark.parametrize(
    ("row", "ours", "met"),
    [
        (_rows.CHUNKS, 299_999.0, "NO"),
        (_rows.CHUNKS, 300_000.0, "yes"),
        (_rows.CALLS, 101.0, "NO"),
        (_rows.p99(_wrk.STREAM.name), 4.3, "NO"),  # the limit is 3 × 1.4 ms
        (_rows.p99(_wrk.STREAM.name), 4.1, "yes"),
        (_rows.START, "wrk broke", "skipped: wrk broke"),
        (_rows.START, 100.0, "skipped: bare has no figure"),
    ],
)
def test_targets(row: str, ours: _rows.Cell, met: str) -> None:
    """A figure is compared with a number, or with bare uvicorn under the short request."""
    lines = _table(bare={_rows.p99(_wrk.CHAT.name): 1.4}, ours={row: ours})
    assert next(line for line in lines if line[0] == row)[-1] == met


def test_each_reason_for_a_missing_figure_is_one_note() -> None:
    """Several rows that a server lacks for the same reason are one line below the table."""
    rows = dict.fromkeys(_rows.load_rows(_wrk.LOADS), "npm is not installed")
    notes = _rows.Table({"aimock": rows}, "bare", ("aimock",), "ours").notes()
    assert notes == [f"aimock: {len(rows)} skipped: npm is not installed"]


def _fail(reason: str) -> None:
    raise _peers.UnavailableError(reason)


def test_a_figure_that_failed_once_is_missing() -> None:
    """The figures of other rounds do not hide failed requests; other rows keep their median."""
    collected = peers.Collected()
    collected.values[_rows.BASELINE] += [1.0, 2.0]
    collected.values[_rows.CHUNKS] += [1.0, 5.0, 2.0]
    with collected.skipping(_rows.BASELINE):
        _fail("3 of 9 requests failed")
    assert collected.cells() == {_rows.BASELINE: "3 of 9 requests failed", _rows.CHUNKS: 2.0}


@pytest.mark.usefixtures("without_programs")
def test_without_npm_or_wrk_the_reason_is_one_line(tmp_path: Path) -> None:
    """What is missing is named, and nothing is left in the cache that looks installed."""
    aimock = next(peer for peer in _peers.PEERS if peer.installer == "npm")
    with pytest.raises(_peers.UnavailableError, match=r"^npm is not installed$"):
        _peers.install(aimock, tmp_path)
    assert not list(tmp_path.rglob(_peers.STAMP))
    collected = peers.Collected()
    with collected.skipping(_rows.BASELINE):
        _wrk.run(Served(None, "127.0.0.1", 1, 0.0), "/", _wrk.CHAT, 1)  # type: ignore[arg-type]  # not used
    assert collected.cells() == {_rows.BASELINE: "wrk is not installed"}


def test_every_peer_gives_the_replies_of_the_bare_server() -> None:
    """Both formats of fixtures contain the reply of 22 words and the call of the tool."""
    for peer in _peers.PEERS:
        text = json.dumps(peer.fixtures)
        assert REPLY in text, peer.name
        assert _peers.TOOL in text, peer.name
        assert all(re.search(r"[@=]\d+\.\d+\.\d+$", package) for package in peer.packages)
    assert len(REPLY.split()) == 22


def test_servers_of_the_benchmarks_keep_their_bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first start of a server compiles its modules, and the starts that are timed do not."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    started = "import sys; print(sys.dont_write_bytecode)"
    program = (
        f"import subprocess, sys, _server; subprocess.run([sys.executable, '-c', {started!r}])"
    )
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, check=True, capture_output=True, text=True, cwd=BENCHMARKS)
    assert ran.stdout.strip() == "False"


def test_a_load_of_different_requests_has_a_counter() -> None:
    """wrk puts the number into the last message, and nowhere else."""
    for load in _wrk.LOADS:
        counted = load in (_wrk.CHAT_DIFFERENT, _wrk.TOOL_CALL_DIFFERENT)
        assert json.dumps(load.body).count(_wrk.PLACEHOLDER) == counted, load.name
        assert (_wrk.PLACEHOLDER in load.body["messages"][-1]["content"]) == counted, load.name


def test_calls_of_a_repeated_request_are_counted() -> None:
    """The count includes built-in functions and does not depend on the run."""
    first, second = calls_of_a_repeated_request(), calls_of_a_repeated_request()
    assert first == second
    assert first.total > first.own > first.files > 1


def test_every_exchange_of_the_soak_ends_as_it_expects() -> None:
    """Two rounds of all kinds: complete answers, refusals, faults, and aborted exchanges."""
    with Server(Lane()) as server:
        opened = {name: Lane(settings) for name, settings in _soaked.LANES.items()}
        _soaked.fill(opened[_soaked.FILLED], 3)
        lanes = {name: server.open_lane(lane) for name, lane in opened.items()}
        with _traffic.Client(lanes) as client:
            ended = [client.exchange(number) for number in range(2 * len(_traffic.KINDS))]
    assert {end.rpartition(", ")[0] or end for end in ended} == {
        kind.name for kind in _traffic.KINDS
    }


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is only on Linux")
def test_the_soaked_server_reports_its_tasks() -> None:
    """A task that has not ended counts, and a task that has ended does not."""

    async def tasks() -> list[float]:
        before = _soaked.figures()["tasks"]
        waiting = asyncio.create_task(asyncio.Event().wait())
        during = _soaked.figures()["tasks"]
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
        return [during - before, _soaked.figures()["tasks"] - before]

    assert asyncio.run(tasks()) == [1, 0]


def test_the_slope_is_the_growth_per_minute() -> None:
    """A figure that grows by three in each half minute grows by six per minute."""
    samples = [{"minute": number / 2, "MiB": 40.0 + 3 * number} for number in range(5)]
    assert soak.slope(samples, "MiB") == pytest.approx(6)


def test_the_page_names_every_script() -> None:
    """The table of `benchmarks/README.md` has each script, and no script that does not exist."""
    page = (BENCHMARKS / "README.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `(\w+\.py)` \|", page, re.MULTILINE))
    assert rows == {path.name for path in BENCHMARKS.glob("[a-z]*.py")}


@pytest.mark.parametrize("script", sorted(BENCHMARKS.glob("[!_]*.py")), ids=lambda path: path.stem)
def test_help_explains_a_benchmark_and_measures_nothing(
    script: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An argument that does not exist is refused."""

    def run(flag: str) -> SimpleNamespace:
        monkeypatch.setattr(sys, "argv", [str(script), flag])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(script), run_name="__main__")
        written = capsys.readouterr()
        return SimpleNamespace(returncode=ended.value.code, stdout=written.out, stderr=written.err)

    helped, refused = run("--help"), run("--nonsense")
    first_line = script.read_text(encoding="utf-8").partition("\n")[0].strip('"')
    assert helped.stdout.startswith(f"usage: {script.name} ")
    assert first_line in helped.stdout
    assert (helped.returncode, helped.stderr) == (0, "")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "unrecognized arguments: --nonsense" in refused.stderr
