"""`Answers`: how a test says what answers its requests: a script, files, or a function."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Never, Unpack, overload

from mock_electron.engine.faults.by_name import check_kind
from mock_electron.engine.faults.replacement import FailOptions, fail
from mock_electron.engine.lane import Lane
from mock_electron.engine.script.conditions import Conditions
from mock_electron.engine.script.match import ANY, Match, Predicate
from mock_electron.engine.script.responder import Responder
from mock_electron.inputs.attributes import without_result
from mock_electron.inputs.checks import check_function, check_path
from mock_electron.inputs.keywords import checked_keywords
from mock_electron.inputs.spelling import echoed
from mock_electron.testing import right_forms
from mock_electron.testing.script_files import add_steps, find_file
from mock_electron.testing.scripting import FailStepOptions, Scripted, StepWriter, When
from mock_electron.testing.world_controls import InjectOptions, WorldControls
from mock_electron.wire.errors import ErrorName

SELECTING: Final = ("every", "rate", "when")
"""With one of these options, `fail` injects a fault instead of adding a step to the script."""


class FailInjectOptions(FailOptions, InjectOptions, total=False):
    """The options of an injected error: those of `fail` and of `inject`."""


class AnyFailOptions(FailStepOptions, FailInjectOptions, total=False):
    """All options of `electron.fail`."""


class Answers(StepWriter, WorldControls):
    """Scripts the answers of a lane. `reply` is inherited.

    Args:
        lane: The lane.
        folders: Where script files are searched for, in this order.
    """

    def __init__(self, lane: Lane, folders: Sequence[Path]) -> None:
        super().__init__(lane)
        self._folders = folders

    @property
    def _match(self) -> Match:
        return ANY

    @property
    def _times(self) -> int | None:
        return 1

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
    @checked_keywords(
        advice="Write fail(503).", several="For two requests, write fail(503, times=2)."
    )
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
        # Type checkers see a function that returns None.
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
