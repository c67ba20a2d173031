"""The options of the control API of `serve` and `run`."""

import re

import pytest
from click.testing import CliRunner
from control_client import ControlClient

from mock_electron import MockElectron
from mock_electron.cli.app import cli
from mock_electron.cli.control import add_control, page_of
from mock_electron.cli.opening import Opened
from mock_electron.cli.run import _variables
from mock_electron.serve.server import Server


@pytest.mark.parametrize(
    ("page", "token", "names"),
    [
        ("", "", set()),
        ("http://x/_mock/", "", {"MOCK_ELECTRON_CONTROL_URL"}),
        ("http://x/_mock/", "t", {"MOCK_ELECTRON_CONTROL_URL", "MOCK_ELECTRON_CONTROL_TOKEN"}),
    ],
)
def test_a_command_finds_the_control_api(page: str, token: str, names: set[str]) -> None:
    """`run` gives its command the URL, and the token if there is one."""
    with Server() as server:
        opened = Opened(server, server.app.lanes.default, {}, (), page, token)
        found = _variables(opened)
        assert {name for name in found if "CONTROL" in name} == names
        assert (
            found.get("MOCK_ELECTRON_CONTROL_URL", server.url + "/_mock") == server.url + "/_mock"
        )
        assert ("MOCK_ELECTRON_LANE" in found) == bool(page)


def test_a_lane_gives_a_program_the_variables_of_run() -> None:
    """Whether Python or the control API opens it. They lead the program to its lane."""
    with MockElectron() as electron:
        control = ControlClient(electron.url)
        own, opened = electron.env, control.put("/lanes/a")["env"]
        server = Opened(Server(), electron._lane, {}, (), "page", "")
        given = _variables(server)
        server.server.stop()
        assert own.keys() == opened.keys() == given.keys()
        for env, lane in ((own, "default"), (opened, "a")):
            assert env["MOCK_ELECTRON_URL"] == electron.url
            assert (env["MOCK_ELECTRON_CONTROL_URL"], env["MOCK_ELECTRON_LANE"]) == (
                f"{electron.url}/_mock",
                lane,
            )
            found = control.get(f"/lanes/{env['MOCK_ELECTRON_LANE']}")
            assert found["base_url"] == env["OPENAI_BASE_URL"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--no-control", "--control-token", "x"), "--no-control cannot be used with"),
        (("--workers", "2", "--control-token", "x"), "--workers above 1 cannot be used with"),
        (("--control-token", ""), "--control-token must be 1 to 1000 ASCII characters"),
        (("--control-token", "a b"), "--control-token must be 1 to 1000 ASCII characters"),
        (("--control-token", "é"), "--control-token must be 1 to 1000 ASCII characters"),
    ],
)
def test_options_that_contradict_each_other(options: tuple[str, ...], words: str) -> None:
    """One line says which, and the token is not repeated."""
    result = CliRunner().invoke(cli, ["serve", "--port", "0", *options])
    assert result.exit_code == 2
    assert words in result.output


def test_a_server_on_loopback_needs_no_token() -> None:
    """Only programs on this machine can reach it."""
    with Server() as server:
        assert add_control(server, None, workers=1) == ""
        assert page_of(server, "") == f"{server.url}/_mock/"
        assert ControlClient(server.url).get("/health")["status"] == "ok"


def test_a_server_that_others_can_reach_gets_a_token() -> None:
    """It is random, and a part of the URL that is printed."""
    with Server(host="0.0.0.0") as server:  # noqa: S104 (other machines must not need more)
        token = add_control(server, None, workers=1)
        assert re.fullmatch(r"[\w-]{32}", token)
        assert page_of(server, token) == f"{server.url}/_mock/?token={token}"
        assert ControlClient(server.url).send("GET", "/health").status == 401
        allowed = ControlClient(server.url, Authorization=f"Bearer {token}")
        assert allowed.get("/health")["status"] == "ok"
        assert add_control(server, None, workers=1) != token


def test_several_workers_have_no_control_api() -> None:
    """A request would change one of them only."""
    with Server() as server:
        assert add_control(server, None, workers=2) == ""
        assert ControlClient(server.url).send("GET", "/health").status == 404
