"""`Electron`: one lane and the address where it answers, as a test sees them."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, overload

from mock_electron.engine.cache_miss import CacheMiss, explain
from mock_electron.engine.faults import fail
from mock_electron.engine.lane import Lane
from mock_electron.engine.script.conditions import Text
from mock_electron.engine.script.match import Match, Predicate
from mock_electron.engine.script.responder import Responder, check_function
from mock_electron.engine.script.step import Step, encode_headers
from mock_electron.engine.settings import Settings
from mock_electron.inputs.spelling import checked_keywords
from mock_electron.serve.app import BASE_PATH
from mock_electron.testing.assertions import Assertions
from mock_electron.testing.scripting import Scripted, Scripting, When
from mock_electron.testing.world_controls import WorldControls
from mock_electron.traffic.exchanges import Exchanges

API_KEY: Final = "sk_mock"


class Electron(Scripting, WorldControls, Assertions):
    """A fake Electron for one test.

    url: the address without `/waves/v1`. base_url: the address as an OpenAI client wants it.
    api_key: a key that is let in. clock: the lane's, to be put forward.

        client = OpenAI(base_url=electron.base_url, api_key=electron.api_key)
    """

    def __init__(self, lane: Lane, url: str, folders: Sequence[Path] = ()) -> None:
        super().__init__(lane)
        self.url = url
        self._folders = folders
        self.base_url: str = url + BASE_PATH
        self.api_key: str = (lane.settings.api_keys or (API_KEY,))[0]

    @property
    def env(self) -> dict[str, str]:
        """The environment variables that lead a client here, for code that reads them.

        subprocess.run(["python", "agent.py"], env=os.environ | electron.env)
        """
        return {
            "SMALLEST_API_KEY": self.api_key,
            "OPENAI_BASE_URL": self.base_url,
            "OPENAI_API_KEY": self.api_key,
        }

    @property
    def settings(self) -> Settings:
        """The lane's settings, as they are now."""
        return self._lane.settings

    # --- what it answers: `reply` is inherited

    @checked_keywords
    def when(
        self,
        predicate: Predicate | None = None,
        /,
        *,
        says: Text | None = None,
        system: Text | None = None,
        anywhere: Text | None = None,
        turn: int | None = None,
        tools: str | Sequence[str] | None = None,
        after_tool: str | None = None,
        tool_result: Text | None = None,
        stream: bool | None = None,
        headers: Mapping[str, Text] | None = None,
        api_key: str | None = None,
        parameters: Mapping[str, Any] | None = None,
    ) -> When:
        """Script answers for requests that match; all that is given must hold.

        predicate: a function of the request. says: a text, or a compiled expression, in what the
        user has just said. system: in the system prompt. anywhere: in any message. turn: the
        number of assistant messages so far, and one more. tools: these are on offer; [], none.
        after_tool: the newest message is this tool's result. tool_result: in that result. stream:
        whether one is asked for. headers: of the request. api_key: who asks. parameters: fields
        of the request. Raises TypeError or ValueError for anything else.

        electron.when(says="weather").reply("It is 31 °C.")
        electron.when(turn=2, after_tool="get_weather").reply("31 °C and humid.").times(3)
        electron.when(lambda request: request.temperature == 0).fail(503)
        """
        match = Match.of(
            predicate=predicate,
            says=says,
            system=system,
            anywhere=anywhere,
            turn=turn,
            tools=tools,
            after_tool=after_tool,
            tool_result=tool_result,
            stream=stream,
            headers=headers,
            api_key=api_key,
            parameters=parameters,
        )
        return When(self._lane, match)

    @overload
    def fail(
        self,
        kind: int | str,
        *,
        times: int | None = ...,
        message: str | None = ...,
        retry_after: int | None = ...,
        as_date: bool = ...,
        delay: float = ...,
        body: str | None = ...,
        headers: Mapping[str, str] | None = ...,
    ) -> Scripted: ...
    @overload
    def fail(
        self,
        kind: int | str,
        *,
        times: int | None = ...,
        every: int | None = ...,
        rate: float | None = ...,
        when: Predicate | None = ...,
        message: str | None = ...,
        retry_after: int | None = ...,
        as_date: bool = ...,
        delay: float = ...,
        body: str | None = ...,
    ) -> Scripted | None: ...
    @checked_keywords
    def fail(
        self,
        kind: int | str,
        *,
        times: int | None = None,
        every: int | None = None,
        rate: float | None = None,
        when: Predicate | None = None,
        message: str | None = None,
        retry_after: int | None = None,
        as_date: bool = False,
        delay: float = 0.0,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Scripted | None:
        """Script the next answer to be an error; with every, rate or when, those of some requests.

        kind: a status such as 503, or a name such as "concurrency". times: for how many requests.
        every, rate, when: as for `inject`; such a failure does not wait for its turn in the script.
        message: other words than Electron's. retry_after: seconds for the `Retry-After` header;
        as_date: written as a date. delay: seconds before it comes. body: "html" or "empty", as a
        proxy answers. headers: of the answer. Raises ValueError, naming what there is, for an error
        that Electron does not have.

        electron.fail(503, times=2)
        """
        failure = fail(
            kind, message=message, retry_after=retry_after, as_date=as_date, delay=delay, body=body
        )
        if every is None and rate is None and when is None:
            return self._add(Step(failure, headers=encode_headers(headers)), times)
        if headers is not None:
            raise TypeError("fail() takes headers for a step of the script, not with every or rate")
        self.inject(failure, times=times, every=every, rate=rate, when=when)
        return None

    @checked_keywords
    def load(self, path: str | Path) -> None:
        """Put the steps of a script file at the end of the script.

        path: of YAML or JSON; from the working directory, the folder of the test, or the root of
        the test run. Raises ScriptError with all that is wrong with it, each with its line.

        electron.load("fixtures/weather.yaml")
        """
        from mock_electron.scripts import load

        for step in load(find(path, self._folders)):
            self._lane.add(step)

    @checked_keywords
    def respond_with(self, function: Responder) -> None:
        """Put a function in the place of the pocket model; scripted answers still come first.

        function: takes the request; returns a text, `call(…)`, a list of calls, `reply(…)`,
            `fail(…)`, or a stream of `mock_electron.strategies`. What it raises is answered with
            500, and its traceback is in the log.

        electron.respond_with(lambda request: f"{len(request.messages)} messages")
        """
        check_function(function, "respond_with()")
        self._lane.respond_with(function)

    # --- what happened: the assertions are inherited

    @checked_keywords
    def explain_miss(self, number: int) -> CacheMiss | None:
        """Why the prompt of this exchange was not wholly in the prefix cache.

        number: of the exchange. None where nothing was lost: the first prompt of its account, or
        one that only adds to an earlier one. Raises ValueError for an exchange without a reply.

        print(electron.explain_miss(1))
        """
        return explain(self.exchanges, number)

    @property
    def exchanges(self) -> Exchanges:
        """What was asked and what was answered, in order of arrival.

        Waits until nothing is in flight; StillInFlightError is raised where that takes too long.

        assert electron.exchanges.last.text == "Hi!"
        """
        return Exchanges(self._lane.exchanges(), self._lane.journal.dropped, self.url)


def find(path: str | Path, folders: Iterable[Path]) -> Path:
    """The file in the first of the folders that has it.

    Where none has, a place where it might be: messages look there for a name that is near.
    """
    places = [folder / path for folder in folders]
    near = [place for place in places if place.parent.is_dir()]
    return next((place for place in places if place.exists()), near[0] if near else Path(path))
