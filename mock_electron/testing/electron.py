"""`Electron`: the interface of a test to one lane."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mock_electron.engine.cache_miss import CacheMiss, explain
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.lane import Lane
from mock_electron.engine.reset import RESETS, ResetPart, check_part
from mock_electron.engine.settings import Settings
from mock_electron.inputs.attributes import without_result
from mock_electron.inputs.checks import must_be, whole_number
from mock_electron.inputs.keywords import checked_keywords
from mock_electron.testing import right_forms
from mock_electron.testing.answers import Answers
from mock_electron.testing.assertions import Assertions
from mock_electron.testing.failing import nowhere
from mock_electron.testing.fault_searches import FaultSearches
from mock_electron.testing.no_requests import Stray
from mock_electron.testing.settling import settle, settled_exchanges
from mock_electron.traffic.exchanges import Exchanges, exchanges_of
from mock_electron.traffic.lines import counted
from mock_electron.wire.request import BASE_PATH

if TYPE_CHECKING:
    from mock_electron.audit.report import Audit, Level
    from mock_electron.audit.rule import Rule
    from mock_electron.audit.thresholds import Thresholds
    from mock_electron.model.explain import Explanation
    from mock_electron.traffic.rates import Rates
    from mock_electron.traffic.turns import Turns

API_KEY: Final = "sk_mock"


class Electron(Answers, Assertions, FaultSearches):
    """A fake Electron for one test.

    Example:
        client = OpenAI(base_url=electron.base_url, api_key=electron.api_key)
    """

    _right_forms = right_forms.OF_ELECTRON
    _set_forms = right_forms.SET_ON_ELECTRON

    def __init__(
        self,
        lane: Lane,
        url: str,
        folders: Sequence[Path] = (),
        strays: Callable[[], Iterable[Stray]] = nowhere,
    ) -> None:
        super().__init__(lane, folders)
        self._url = url
        self._strays = strays
        self._api_key = (lane.settings.api_keys or (API_KEY,))[0]

    @property
    def url(self) -> str:
        """The address without `/waves/v1`."""
        self._has_read_address = True
        return self._url

    @property
    def base_url(self) -> str:
        """The address for an OpenAI client."""
        return self.url + BASE_PATH

    @property
    def api_key(self) -> str:
        """An accepted API key."""
        return self._api_key

    @property
    def env(self) -> dict[str, str]:
        """The environment variables that point a program at this address, without a proxy.

        They also say where the control API of the server is, and the name of the lane in it.

        Example:
            subprocess.run(["python", "agent.py"], env=os.environ | electron.env)
        """
        from mock_electron.testing.variables import variables_of  # for other programs only

        return variables_of(self.url, self.api_key)

    @property
    def settings(self) -> Settings:
        """The lane's current settings."""
        return self._lane.settings

    # --- traffic: the assertions are inherited

    @checked_keywords(advice="Write explain_miss(1).")
    def explain_miss(self, number: int) -> CacheMiss | None:
        """Explain why a prompt was not entirely in the prefix cache.

        Args:
            number: The number of the exchange.

        Returns:
            The cause, or None if nothing was lost: the prompt is the first of its account, or
            only extends an earlier one.

        Raises:
            TypeError: If the argument is not a number.
            ValueError: If there is no exchange with this number, or it has no reply.

        Example:
            print(electron.explain_miss(1))
        """
        given: object = number
        if isinstance(given, Exchange):
            form = f"; write explain_miss({given.number})"
            raise TypeError(must_be("number", "the number of an exchange", given) + form)
        whole_number("number", number, 0)
        return explain(self.exchanges, number)

    @checked_keywords(advice="Write explain(1).")
    def explain(self, number: int | None = None) -> "Explanation":
        """Return why the pocket model replied to a request as it did.

        As a text, it has five lines. They tell what was heard, which tools fit, where each argument
        came from, what was missing, and what was decided. The settings are those of now.

        Args:
            number: The number of an exchange, from 0. Default: the last one that it answered.

        Raises:
            TypeError: If the argument is not a number.
            ValueError: If there is no such exchange, or the pocket model did not answer it.

        Example:
            print(electron.explain())
        """
        from mock_electron.engine.explained import explained  # for readers only

        given: object = number
        if isinstance(given, Exchange):
            form = f"; write explain({given.number})"
            raise TypeError(must_be("number", "the number of an exchange", given) + form)
        if number is not None:
            whole_number("number", number, 0)
        return explained(self.exchanges, number, self._lane.settings.missing)

    @checked_keywords(advice="Write audit(levels={'seed': 'off'}).")
    def audit(
        self,
        *,
        levels: "Mapping[str, Level] | None" = None,
        rules: "Iterable[Rule]" = (),
        thresholds: "Thresholds | None" = None,
        logs: str | None = None,
        rates: "Rates | str | Path | None" = None,
    ) -> "Audit":
        """Return what the client could do better, the weightiest finding first.

        Args:
            levels: What the findings of a rule do, by its name: "off" (the rule does not run),
                "warn" (they are shown) or "error" (they fail). Default: "error".
            rules: Rules of your own, in addition.
            thresholds: The figures by which the rules judge. Default: those of the vendor.
            logs: The text of the client's log, such as `caplog.text`, in which request ids are
                looked for.
            rates: What tokens cost: prices such as "0.4:0.1:1.6" for a million fresh, cached and
                output tokens, or a file with them. Default: the audit counts tokens only.

        Raises:
            ValueError: If a rule or a level does not exist, or the rates cannot be read.

        Example:
            electron.audit().assert_clean(ignore={"seed": "we compare providers"})
        """
        from mock_electron.audit.run import audit  # for tests that judge their client

        return audit(
            self.exchanges,
            levels=levels,
            rules=rules,
            thresholds=thresholds,
            logs=logs,
            rates=rates,
        )

    @property
    def turns(self) -> "Turns":
        """What the users of a voice agent heard, turn by turn, with silences and overlaps.

        The rate of speech is the setting `speech_rate`. Reading waits until no request is in
        flight.

        Example:
            assert electron.turns[0].longest_silence < 0.7
        """
        from mock_electron.traffic.turns import turns_of  # for tests of voice agents

        return turns_of(self.exchanges, self.settings)

    @property
    def exchanges(self) -> Exchanges:
        """The requests for the chat endpoint and their answers, in order of arrival.

        `other_requests` has those for other paths. Reading waits until no request is in flight,
        and raises StillInFlightError if that takes too long. It blocks the event loop of an async
        test: see `electron.settled`.

        Example:
            assert electron.exchanges.last.text == "Hi!"
        """
        return self._read(settled_exchanges(self._lane))

    @checked_keywords
    async def settled(self) -> Exchanges:
        """Wait until no request is in flight, without blocking the event loop.

        In an async test, call it before an assertion if a client may still close a stream.

        Returns:
            The exchanges.

        Raises:
            StillInFlightError: If a request is still in flight after 5 seconds.

        Example:
            exchanges = await electron.settled()
        """
        return self._read(await settle(self._lane))

    def _twin(self, lane: Lane, url: str) -> "Electron":
        return Electron(lane, url, self._folders)

    def _read(self, journal: Sequence[Exchange]) -> Exchanges:
        lane = self._lane
        return exchanges_of(journal, lane.journal.dropped, self._url, lane.settings)

    # --- state

    @checked_keywords(advice="Name the parts: reset('script').")
    @without_result()
    def reset(self, *parts: ResetPart) -> None:
        """Return the lane, or parts of it, to the state at the start.

        Requests in flight are answered as if there had been no reset, but are not recorded. The
        checks at the end of a strict test apply to what happened after the reset.

        Args:
            *parts: What to reset. Default: everything.
                "script": the steps and the function of `respond_with`. The steps of the setting
                `script` are unused again.
                "exchanges": "journal" and "occurrences".
                "journal": the exchanges, and `barge_in`.
                "occurrences": how often each request was received, and its failed attempts.
                "faults": the faults of `inject`, `fragment`, and `fail` with every, rate or when.
                "limits": the requests of the last minute, the occupied slots, and the peak.
                "cache": the prefix cache.
                "clock": what `clock.advance` and paced replies have added to the clock.
                "settings": the plan, the pace and the drift.

        Raises:
            ValueError: If a part does not exist.

        Example:
            electron.reset()
            electron.reset("script", "exchanges")
        """
        for part in parts:
            check_part(part)
        self._lane.reset(parts or RESETS)

    def __repr__(self) -> str:
        so_far = self.exchanges_so_far
        failed = f", {len(so_far.failed)} failed" if so_far.failed else ""
        others = f", {counted(len(so_far.others), 'other request')}" if so_far.others else ""
        requests = f"{counted(len(so_far), 'exchange')}{failed}{others}"
        steps = counted(len(self._lane.script()), "step")
        waiting = self._lane.waiting_faults()
        faults = f", {counted(len(waiting), 'fault')} not applied" if waiting else ""
        address, seed = self._url + BASE_PATH, self.settings.seed
        return f"<Electron at {address}: {requests}, {steps}{faults}, seed {seed}>"
