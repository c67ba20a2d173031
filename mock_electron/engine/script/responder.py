"""Who answers where the script does not: the pocket model, or a function of the user's own."""

from collections.abc import Callable
from inspect import iscoroutinefunction

from mock_electron.engine.faults.fault import ReplacementFault
from mock_electron.model.draft import Call, Draft, reply
from mock_electron.wire.request import ChatRequest
from mock_electron.wire.stream import Stream

Responder = Callable[[ChatRequest], str | Call | list[Call] | Draft | Stream | ReplacementFault]
"""Takes the request; returns text, call, calls, reply, stream, or what stands in its place."""


def check_function(function: object, what: str) -> None:
    """Raise TypeError for what cannot be called, or would have to be awaited."""
    if not callable(function):
        raise TypeError(f"{what} takes a function of the request, not {function!r}")
    if iscoroutinefunction(function):
        raise TypeError(f"{what} takes a plain function, and {function!r} is async")


def responded(function: Responder, request: ChatRequest) -> Draft | Stream | ReplacementFault:
    """What a function answers. Raises TypeError where it returns something else."""
    answer = function(request)
    if isinstance(answer, Draft | Stream | ReplacementFault):
        return answer
    try:
        return reply(*answer) if isinstance(answer, list | tuple) else reply(answer)
    except TypeError as error:
        raise TypeError(
            f"the function given to respond_with() returned {answer!r}; it may return a text, "
            "call(…), a list of calls, reply(…) or fail(…)"
        ) from error
