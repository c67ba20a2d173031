"""`/lanes/{name}/verify`: the assertions of `electron`, by name."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, NoReturn

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from mock_electron.control import bodies, schemas
from mock_electron.control.conditions import WHERE, WrongConditionError, read_where
from mock_electron.control.context import answer, control_of, lane_of
from mock_electron.control.refused import Conflict, Invalid
from mock_electron.control.waiting import require_settled
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.journal import StillInFlightError
from mock_electron.inputs.checks import must_be
from mock_electron.outputs.redaction import redact_message
from mock_electron.scripts.problems import DocumentPath
from mock_electron.scripts.wording import field_path
from mock_electron.testing.electron import Electron

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
    """`Electron` whose failures are values: without the list of exchanges and without hints."""

    def _fail(self, message: str, checked: Sequence[Exchange] | None = None) -> NoReturn:
        raise _FailedError(message, [one.number for one in checked or ()])


async def verify(request: Request) -> Response:
    """Check assertions, and return those that fail."""
    lane = lane_of(request)
    url = control_of(request).lanes.url(request, request.path_params["name"])
    asserted = list(_assertions(await bodies.read_any(request)))
    if any(one.name not in AT_ANY_TIME for one in asserted):
        await require_settled(request, lane)
    verified = _Verified(lane, url)
    failures = await anyio.to_thread.run_sync(_failures, verified, asserted)
    return answer({"ok": not failures, "failures": failures})


class _Asserted(NamedTuple):
    """One assertion of a body.

    Attributes:
        name: Its name.
        arguments: The arguments, as JSON values.
        path: Its position in the body.
    """

    name: str
    arguments: Mapping[str, Any]
    path: DocumentPath


def _assertions(document: Any) -> Iterator[_Asserted]:
    """Yield the assertions of a body.

    Raises:
        Invalid: If the body is wrong; all problems are listed.
    """
    is_list = isinstance(document, list)
    if not document or not (is_list or isinstance(document, dict)):
        raise Invalid.of([((), must_be("the body", FORM, document))])
    bodies.check_document(document, schemas.ASSERTION_LIST if is_list else schemas.ASSERTIONS)
    for index, one in enumerate(document if is_list else [document]):
        for name, arguments in one.items():
            path = (index, name) if is_list else (name,)
            yield _Asserted(name, {} if arguments is True else arguments, path)


def _failures(verified: _Verified, asserted: Sequence[_Asserted]) -> list[dict[str, Any]]:
    found = []
    for name, given, path in asserted:
        try:
            arguments = {key: _argument(key, value) for key, value in given.items()}
            getattr(verified, ASSERTIONS[name])(**arguments)
        except _FailedError as failed:
            message, numbers = redact_message(failed.message), list(failed.exchanges)
            found.append({"assertion": name, "message": message, "exchanges": numbers})
        except WrongConditionError as error:
            raise Invalid.of([((*path, *error.path), str(error))]) from None
        except (TypeError, ValueError) as error:
            where = (*path, *field_path(_without_noun(str(error)), given))
            raise Invalid.of([(where, str(error))]) from None
        except StillInFlightError as error:
            raise Conflict(str(error)) from None
    return found


def _argument(name: str, value: Any) -> Any:
    """Return an argument from its JSON value."""
    return read_where(name, value) if name in WHERE else value


def _without_noun(words: str) -> str:
    """Return a message that names the field of a failure, which it calls "failure"."""
    return words.replace("unknown failure ", "kind ", 1)
