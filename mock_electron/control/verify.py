"""`/lanes/{name}/verify`: the assertions of `electron`, by name."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, NoReturn

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from mock_electron.control import bodies, schemas
from mock_electron.control.conditions import WHERE, read_where
from mock_electron.control.context import answer, control_of, lane_of, require_open
from mock_electron.control.given import Given
from mock_electron.control.waiting import require_settled
from mock_electron.engine.exchange import IN_FLIGHT, Exchange
from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings
from mock_electron.engine.summary import MAX_EXCERPT
from mock_electron.inputs.checks import must_be
from mock_electron.inputs.spelling import shortened
from mock_electron.outputs.redaction import redact_message
from mock_electron.scripts.problems import DocumentPath
from mock_electron.scripts.wording import field_path
from mock_electron.testing.electron import Electron
from mock_electron.traffic.exchanges import Exchanges, exchanges_of

ASSERTIONS: Final[Mapping[str, str]] = {
    name: f"assert_{name}" for name in schemas.ASSERTIONS["properties"]
}
"""The methods of `Electron`, by the names of their assertions."""
AT_ANY_TIME: Final = ("all_used", "scripted", "strict", "peak_in_flight")
"""The assertions that do not wait for answers in flight."""
FORM: Final = 'an object such as {"called": {"says": "weather", "times": 1}}, or a list of them'


class _FailedError(Exception):
    """An assertion does not hold.

    Attributes:
        message: What is wrong.
        exchanges: The numbers of the exchanges that were checked.
    """

    def __init__(self, message: str, exchanges: Sequence[int]) -> None:
        super().__init__(message)
        self.message = message
        self.exchanges = exchanges


class _Verified(Electron):
    """`Electron` whose failures are values: without the list of exchanges and without hints.

    Args:
        lane: The lane.
        url: Its URL.
        read: Its exchanges, which are read once for all assertions.
    """

    def __init__(self, lane: Lane, url: str, read: Sequence[Exchange] = ()) -> None:
        super().__init__(lane, url)
        self._so_far = exchanges_of(read, lane.journal.dropped, url, lane.settings)

    @property
    def exchanges(self) -> Exchanges:
        """The exchanges. None of them is in flight, if an assertion needs that."""
        return self._so_far

    @property
    def exchanges_so_far(self) -> Exchanges:
        """The exchanges as they were read."""
        return self._so_far

    def _written(self, value: object) -> str:
        """Return the value of a condition as JSON, as it was given."""
        written = json.dumps(value, ensure_ascii=False, default=lambda one: {"regex": one.pattern})
        return shortened(written, MAX_EXCERPT)

    def _fail(self, message: str, checked: Sequence[Exchange] | None = None) -> NoReturn:
        dropped = self._dropped
        more = f"; {dropped}" if dropped and dropped not in message else ""
        raise _FailedError(message + more, [one.number for one in checked or ()])


async def verify(request: Request) -> Response:
    """Check assertions, and return those that fail."""
    lane = lane_of(request)
    url = control_of(request).lanes.url(request, request.path_params["name"])
    given = await bodies.read(request)
    asserted = await anyio.to_thread.run_sync(_assertions, given)
    waits = any(one.name not in AT_ANY_TIME for one in asserted)
    if waits:
        await require_settled(request, lane)
    require_open(request, lane)
    journals = control_of(request).journals
    read = await journals.read(lane)
    if waits:  # those in flight have arrived since
        read = tuple([one for one in read if one.outcome != IN_FLIGHT])
    verified = _Verified(lane, url, read)
    failures = await journals.run(_failures, verified, asserted)
    dropped = verified.exchanges.dropped
    return answer({"ok": not failures, "failures": failures, "dropped": dropped})


class _Asserted(NamedTuple):
    """One assertion of a body.

    Attributes:
        name: Its name.
        arguments: The arguments.
    """

    name: str
    arguments: Mapping[str, Any]


def _assertions(given: Given) -> list[_Asserted]:
    """Return the assertions of a body.

    Raises:
        Invalid: If the body is wrong; all problems are listed.
    """
    document = given.document
    is_list = isinstance(document, list)
    if document and isinstance(document, list | dict):
        given.check(schemas.ASSERTION_LIST if is_list else schemas.ASSERTIONS)
    else:
        given.add((), must_be("the body", FORM, document))
    every = document if is_list else [document]
    for index in [index for index, one in enumerate(every) if is_list and one == {}]:
        given.add((index,), "an assertion is missing")
    nothing = _Verified(Lane(Settings()), "")
    found = [
        _asserted(given, nothing, (index, name) if is_list else (name,), value)
        for index, one in enumerate(every)
        for name, value in (one.items() if isinstance(one, dict) else ())
        if name in ASSERTIONS
    ]
    given.require_valid()
    return found


def _asserted(given: Given, nothing: _Verified, path: DocumentPath, value: Any) -> _Asserted:
    """Return an assertion. One about a lane without exchanges checks the arguments.

    Args:
        given: The body, which gets the problems.
        nothing: A lane without exchanges.
        path: The position of the assertion.
        value: Its arguments as JSON, or true.
    """
    listed = value if isinstance(value, dict) else {}
    read = {key: given.read((*path, key), _argument, key, one) for key, one in listed.items()}
    right = {key: one for key, one in read.items() if not given.is_wrong((*path, key))}
    asserted = _Asserted(str(path[-1]), right)
    required = schemas.ASSERTIONS["properties"][asserted.name].get("required", ())
    if right.keys() >= set(required):
        _try_out(given, nothing, path, asserted)
    return asserted


def _try_out(given: Given, nothing: _Verified, path: DocumentPath, asserted: _Asserted) -> None:
    try:
        getattr(nothing, ASSERTIONS[asserted.name])(**asserted.arguments)
    except _FailedError:
        pass
    except (TypeError, ValueError) as error:
        below = field_path(_without_noun(str(error)), asserted.arguments)
        given.add((*path, *below), str(error))


def _failures(verified: _Verified, asserted: Sequence[_Asserted]) -> list[dict[str, Any]]:
    found = []
    for name, arguments in asserted:
        try:
            getattr(verified, ASSERTIONS[name])(**arguments)
        except _FailedError as failed:
            message, numbers = redact_message(failed.message), list(failed.exchanges)
            found.append({"assertion": name, "message": message, "exchanges": numbers})
    return found


def _argument(name: str, value: Any) -> Any:
    """Return an argument from its JSON value."""
    return read_where(name, value) if name in WHERE else value


def _without_noun(words: str) -> str:
    """Return a message that names the field of a failure, which it calls "failure"."""
    return words.replace("unknown failure ", "kind ", 1)
