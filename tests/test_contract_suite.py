"""`ContractSuite` and `pytest --pyargs mock_electron.contract`: the clauses as tests."""

import pytest

from mock_electron import Electron
from mock_electron.contract import CLAUSES

QUIET = ("-p", "no:cacheprovider", "-p", "no:asyncio")
GATEWAY = """
import pytest
from mock_electron.contract import ContractSuite, Target

@pytest.fixture(scope="session")
def electron_target():
    return Target(base_url={url!r}, api_key="sk_live_secret")

class TestOurGateway(ContractSuite):
    {body}
"""


def run(pytester: pytest.Pytester, url: str, body: str, *args: str) -> pytest.RunResult:
    """Check a gateway with a class that has this body."""
    pytester.makepyfile(GATEWAY.format(url=url, body=body))
    return pytester.runpytest(*QUIET, *args)


def test_every_clause_is_a_test(pytester: pytest.Pytester) -> None:
    """`pytest --pyargs mock_electron.contract` runs every clause, from an empty directory."""
    ran = pytester.runpytest("--pyargs", "mock_electron.contract", "-rs", *QUIET)
    ran.assert_outcomes(passed=len(CLAUSES) - 2, skipped=2)
    ran.stdout.fnmatch_lines(["SKIPPED*needs replies that take time; run it against*"])


def test_the_flags_are_the_settings_of_the_fake(pytester: pytest.Pytester) -> None:
    """A fake whose settings break a clause fails its test, and the report shows the response."""
    flags = ("--electron-named-tool-finish=stop", "-k", "choice", *QUIET)
    ran = pytester.runpytest("--pyargs", "mock_electron.contract", *flags)
    assert ran.parseoutcomes()["failed"] == 1
    ran.stdout.fnmatch_lines(
        ["*FAIL chat.choice.named.finish (documented; Chat Completions)", '*got*"stop"']
    )


def test_a_class_selects_its_clauses(pytester: pytest.Pytester, electron: Electron) -> None:
    """It selects them by id and confidence; the id of the clause is the id of the test."""
    body = 'only = ("chat.finish.*",)\n    confidence = ("documented",)'
    ran = run(pytester, electron.base_url, body, "-v")
    ran.assert_outcomes(passed=2)
    ran.stdout.fnmatch_lines(["*::TestOurGateway::test_clause[[]chat.finish.length] PASSED*"])


@pytest.mark.electron(named_tool_finish="stop")
def test_a_known_deviation_is_expected(pytester: pytest.Pytester, electron: Electron) -> None:
    """It is reported as an expected failure, with its reason."""
    body = (
        'only = ("chat.choice.named*",)\n'
        '    deviations = {"chat.choice.named.finish": "as vLLM says"}'
    )
    ran = run(pytester, electron.base_url, body, "-rx")
    ran.assert_outcomes(passed=1, xfailed=1)
    ran.stdout.fnmatch_lines(["XFAIL*chat.choice.named.finish* - as vLLM says"])


def test_an_obsolete_deviation_fails(pytester: pytest.Pytester, electron: Electron) -> None:
    """A clause that is listed by id must fail; a pattern may match clauses that hold."""
    body = (
        'only = ("chat.finish.*",)\n'
        '    deviations = {"chat.finish.stop": "never", "chat.f*": "sometimes"}'
    )
    ran = run(pytester, electron.base_url, body)
    ran.assert_outcomes(passed=1, failed=1)
    ran.stdout.fnmatch_lines(["*chat.finish.stop holds: remove it from deviations (never)*"])


def test_a_misspelt_clause_is_an_error(pytester: pytest.Pytester, electron: Electron) -> None:
    """The error suggests the nearest id, for `only` and for `deviations`."""
    second = (
        '\n\nclass TestDeviations(ContractSuite):\n    deviations = {"chat.finish.stpo": "why"}'
    )
    ran = run(pytester, electron.base_url, f'only = ("chat.finish.stpo",){second}')
    ran.assert_outcomes(errors=2)
    ran.stdout.fnmatch_lines(["*unknown clause 'chat.finish.stpo'. Did you mean *"] * 2)


def test_an_unreachable_server_is_one_line(pytester: pytest.Pytester) -> None:
    """The error is one line, without a traceback."""
    pytester.makepyfile(GATEWAY.format(url="http://127.0.0.1:1/v1", body='only = ("chat.keys",)'))
    ran = pytester.runpytest(*QUIET)
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines(["*no server answers at http://127.0.0.1:1/v1*"])
    assert "Traceback" not in ran.stdout.str()


def test_another_host_needs_consent(pytester: pytest.Pytester, electron: Electron) -> None:
    """Without `accept_cost`, the error states the cost and no request is made."""
    url = electron.base_url.replace("127.0.0.1", "0.0.0.0")  # noqa: S104 (an address in a URL)
    ran = run(pytester, url, 'only = ("chat.finish.*",)')
    ran.assert_outcomes(errors=2)
    ran.stdout.fnmatch_lines(["*2 requests to *: about*Set accept_cost = True to allow it.*"])
    assert electron.exchanges == ()
    ran = run(pytester, url, 'only = ("chat.finish.*",)\n    accept_cost = True')
    ran.assert_outcomes(passed=2)
    assert len(electron.exchanges) == 2
    assert "secret" not in ran.stdout.str()


def test_several_processes_would_exceed_a_plan(
    pytester: pytest.Pytester, electron: Electron, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under xdist, another host needs `--dist loadscope`, which uses one process."""
    monkeypatch.setenv("PYTEST_PLUGINS", "mock_electron.plugin.hooks,xdist.plugin")  # of a worker
    url = electron.base_url.replace("127.0.0.1", "0.0.0.0")  # noqa: S104 (an address in a URL)
    body = 'only = ("chat.finish.*",)\n    accept_cost = True'
    pytester.makepyfile(GATEWAY.format(url=url, body=body))
    ran = pytester.runpytest("-n", "1", *QUIET)
    ran.assert_outcomes(errors=2)
    ran.stdout.fnmatch_lines(["*use --dist loadscope*"])
    ran = pytester.runpytest("-n", "1", "--dist", "loadscope", *QUIET)
    ran.assert_outcomes(passed=2)
