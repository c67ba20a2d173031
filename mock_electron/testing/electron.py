"""`Electron`: the interface of a test to one lane."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, Never, Unpack, overload
from urllib.parse import urlsplit

from mock_electron.engine.cache_miss import CacheMiss, explain
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.faults import fail
from mock_electron.engine.faults.by_name import check_kind
from mock_electron.engine.faults.replacement import FailOptions
from mock_electron.engine.lane import RESETS, Lane, ResetPart, check_part
from mock_electron.engine.script.conditions import Conditions
from mock_electron.engine.script.match import Match, Predicate
from mock_electron.engine.script.responder import Responder
from mock_electron.engine.settings import Settings
from mock_electron.inputs.attributes import without_result
from mock_electron.inputs.checks import check_function, check_path, must_be, whole_number
from mock_electron.inputs.keywords import checked_keywords
from mock_electron.inputs.spelling import echoed
from mock_electron.testing import right_forms
from mock_electron.testing.assertions import Assertions
from mock_electron.testing.failing import nowhere
from mock_electron.testing.no_requests import Stray, without_proxy
from mock_electron.testing.script_files import add_steps, find_file
from mock_electron.testing.scripting import (
    FailStepOptions,
    Scripted,
    Scripting,
    When,
)
from mock_electron.testing.settling import settle, settled_exchanges
from mock_electron.testing.world_controls import InjectOptions, WorldControls
from mock_electron.traffic.exchanges import Exchanges, exchanges_of
from mock_electron.traffic.lines import counted
from mock_electron.wire.errors import ErrorName
from mock_electron.wire.request import BASE_PATH

API_KEY: Final = "sk_mock"
SELECTING: Final = ("every", "rate", "when")
"""With one of these options, `fail` injects a fault instead of adding a step to the script."""


class FailInjectOptions(FailOptions, InjectOptions, total=False):
    """The options of an injected error: those of `fail` and of `inject`."""


class AnyFailOptions(FailStepOptions, FailInjectOptions, total=False):
    """All options of `electron.fail`."""


class Electron(Scripting, WorldControls, Assertions):
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
        super().__init__(lane)
        self._url = url
        self._strays = strays
        self._folders = folders
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
        """The environment variables that point a client at this address, without a proxy.

        Example:
            subprocess.run(["python", "agent.py"], env=os.environ | electron.env)
        """
        return {
            "SMALLEST_API_KEY": self.api_key,
            "OPENAI_BASE_URL": self.base_url,
            "OPENAI_API_KEY": self.api_key,
            **without_proxy(urlsplit(self.url).hostname or ""),
        }

    @property
    def settings(self) -> Settings:
        """The lane's current settings."""
        return self._lane.settings

    # --- answers: `reply` is inherited

    def when(
        self,
        predicate: Predicate | None = None,
        /,
        *misplaced: Never,
        **conditions: Unpack[Conditions],
    ) -> When:
        """Script answers for the requests that meet all conditions.

        Args:
            predicate: A function of the request.
            *misplaced: Nothing: conditions are given by name.
            says: A text or a compiled regular expression in the latest user message.
            system: A text in the system prompt.
            anywhere: A text in any message.
            turn: The number of assistant messages so far, plus one.
            user_turn: The number of user messages so far.
            attempt: The number of the attempt: 1, and one more for each equal request of the same
                key that failed directly before.
            tools: Names of tools that the request offers; [] if it must offer none.
            after_tool: A tool with a result after the last assistant message.
            call_id: The id of the call that such a result answers.
            tool_result: A text in such a result.
            stream: Whether the request asks for a stream.
            headers: Texts in request headers, by header name.
            api_key: The API key of the request.
            parameters: Values of request fields, such as `{"temperature": 0}`.

        Raises:
            TypeError: If a condition does not exist, is None or has the wrong type.
            ValueError: If a condition matches nothing or everything.

        Example:
            electron.when(says="weather").reply("It is 31 °C.")
            electron.when(turn=2, after_tool="get_weather").reply("31 °C and humid.").times(3)
            electron.when(lambda request: request.temperature == 0).fail(503)
        """
        __tracebackhide__ = True
        if misplaced:
            what = "one function of the request, and conditions by name, such as says='weather'"
            raise TypeError(f"when() accepts {what}, got {', '.join(map(echoed, misplaced))} too")
        return When(self._lane, Match.of(predicate, **conditions))

    @overload
    def fail(self, kind: int | ErrorName, **options: Unpack[FailStepOptions]) -> Scripted: ...
    @overload
    def fail(
        self, kind: int | ErrorName, **options: Unpack[FailInjectOptions]
    ) -> Scripted | None: ...
    @checked_keywords(advice="Write fail(503). For two requests, write fail(503, times=2).")
    def fail(self, kind: int | ErrorName, **options: Unpack[AnyFailOptions]) -> Scripted | None:
        """Script the next answer to be an error; with every, rate or when, inject it instead.

        An injected error does not wait for its turn in the script.

        Args:
            kind: A status such as 503, or a name such as "concurrency".
            times: How many requests get the error. Default: 1.
            every: Inject it into every nth request.
            rate: Inject it into this fraction of the requests, from 0 to 1.
            when: Inject it into the requests for which this function returns true.
            message: The error's message. Default: Electron's.
            retry_after: Seconds for the `Retry-After` header.
            as_date: Write `Retry-After` as a date.
            delay: Seconds before the error is sent.
            body: "html" or "empty", as a proxy answers. Default: the error envelope.
            headers: Response headers. They replace headers of the same name.

        Raises:
            TypeError: If an option does not exist, or headers are given for an injected error.
            ValueError: If Electron has no such error, or an option has a wrong value.

        Example:
            electron.fail(503, times=2)
        """
        given: dict[str, Any] = dict(options)
        selection = {name: given.pop(name, None) for name in SELECTING}
        if not any(value is not None for value in selection.values()):
            return self._add_failure(kind, given)
        if given.pop("headers", None) is not None:
            raise TypeError("fail() does not accept headers together with every, rate or when")
        check_kind(kind)
        times = given.pop("times", None)
        self.inject(fail(kind, **given), times=times, **selection)
        # For type checkers, there is no step.
        return right_forms.NO_STEP  # type: ignore[no-any-return]

    @checked_keywords(advice="Write load('fixtures/weather.yaml').")
    @without_result(times="the number of requests as `times` in the file")
    def load(self, path: str | Path) -> None:
        """Append the steps of a script file to the script.

        Args:
            path: A YAML or JSON file, relative to the working directory, the folder of the test
                or the root of the test run.

        Raises:
            ScriptError: If the file has errors. The message lists all of them with their lines.

        Example:
            electron.load("fixtures/weather.yaml")
        """
        from mock_electron.scripts import load

        is_list = isinstance(path, list | tuple)
        check_path("path", path, hint="; load one file at a time" if is_list else "")
        add_steps(self._lane, load(find_file(path, self._folders), self._folders))

    @checked_keywords(advice="Write respond_with(lambda request: 'Hi!').")
    @without_result(
        times="electron.when().respond_with(function).times(2)",
        when="electron.when(…).respond_with(function)",
    )
    def respond_with(self, function: Responder) -> None:
        """Call a function instead of the pocket model.

        Steps of the script still take precedence.

        Args:
            function: Takes the request. Returns a text, `call(…)`, a list of calls, `reply(…)`,
                `fail(…)`, or a stream of `mock_electron.strategies`. If it raises, the answer is
                a 500, and the traceback is logged.

        Example:
            electron.respond_with(lambda request: f"{len(request.messages)} messages")
        """
        check_function("the argument of respond_with()", function)
        self._lane.respond_with(function)

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

    @property
    def exchanges(self) -> Exchanges:
        """The requests for the chat endpoint and their answers, in order of arrival.

        `other_requests` has those for other paths. Reading waits until no request is in flight,
        and raises StillInFlightError if that takes too long. It blocks the event loop of an async
        test: see `electron.settled`.

        Example:
            assert electron.exchanges.last.text == "Hi!"
        """
        return exchanges_of(settled_exchanges(self._lane), self._lane.journal.dropped, self._url)

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
        return exchanges_of(await settle(self._lane), self._lane.journal.dropped, self._url)

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
                "exchanges": the exchanges, how often each request was received, and `barge_in`.
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
        chosen = parts or tuple(RESETS)
        if "exchanges" in chosen:
            self._barge_ins = ()
        self._lane.reset(chosen)

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
