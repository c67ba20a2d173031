"""The errors of the control API: `{"error": {"message": …, "problems": […]}}`.

Refused
├── Invalid     422  the body or a parameter; lists all problems
├── Missing     404  a lane, a step, a fault or an exchange does not exist
├── Closed      410  the lane was closed
├── Conflict    409  what is asked for contradicts the state
├── Forbidden   403  the caller may not use the control API
└── …           other statuses, by `Refused` itself
"""

from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any, ClassVar, Final, Self

from mock_electron.control.wording import in_json, suggested
from mock_electron.inputs.spelling import did_you_mean, echoed
from mock_electron.outputs.redaction import redact_message
from mock_electron.scripts.problems import DocumentPath, Found

MAX_ECHO: Final = 60
"""The maximum number of characters of a name that a message shows."""
MOST_LINES: Final = 10
"""The maximum number of problems that the message of an error has."""
MOST_CHARACTERS: Final = 2_000
"""The maximum number of characters of the problems in a message, if there are several."""


class Refused(Exception):  # noqa: N818 (like Refusal, it is an answer)
    """A request to the control API that is not carried out.

    Attributes:
        status: The status of the response.
        message: The message.
        problems: What is wrong with the request, one object for each.
        headers: Response headers.
    """

    default_status: ClassVar[int] = 400

    def __init__(
        self,
        message: str,
        status: int | None = None,
        problems: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status: int = status or self.default_status
        self.message: str = redact_message(message)
        self.problems: Sequence[Mapping[str, Any]] = problems
        self.headers: Mapping[str, str] = headers or {}

    @classmethod
    def listing(cls, found: Iterable[Found], what: str = "the body") -> Self:
        """Return the error for problems.

        Args:
            found: The problems.
            what: What has the problems.
        """
        listed = [problem(path, words) for path, words in found]
        return cls(_message(what, listed), problems=listed)

    @property
    def document(self) -> dict[str, Any]:
        """The body of the response."""
        return {"error": {"message": self.message, "problems": list(self.problems)}}


class Invalid(Refused):
    """A body or a parameter is wrong."""

    default_status = 422


def _message(what: str, listed: Sequence[Mapping[str, Any]]) -> str:
    """Return the message about problems, each on its line, within limits."""
    lines = [_placed(**one) for one in listed]
    if len(lines) == 1:
        [line] = lines
        return line if line.startswith(f"{what} ") else f"{what} has 1 problem: {line}"
    sizes = accumulate(len(line) for line in lines)
    fitting = sum(size <= MOST_CHARACTERS for size in sizes)
    shown = lines[: max(min(fitting, MOST_LINES), 1)]
    rest = [f"… and {len(lines) - len(shown)} more"] if len(shown) < len(lines) else []
    return "\n".join([f"{what} has {len(lines)} problems:", *shown, *rest])


def _placed(path: str, message: str, **_more: object) -> str:
    """Return a message after the position of its problem, whose last name it may begin with."""
    name = path.rpartition(".")[2]
    if name and message.startswith(f"{name} "):
        return f"{path}{message.removeprefix(name)}"
    return f"{path}: {message}" if path else message


def problem(path: DocumentPath, words: str) -> dict[str, Any]:
    """Return a problem as a response lists it."""
    if not words.startswith("line "):  # in a text that may be YAML
        path, words = in_json(path, words)
    name = suggested(words)
    suggestion = {} if name is None else {"did_you_mean": name}
    return {"path": redact_message(_dotted(path)), "message": redact_message(words)} | suggestion


def _dotted(path: DocumentPath) -> str:
    """Return a position in the form `steps[0].when.says`."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part[:MAX_ECHO]}" for part in path]
    return "".join(parts).removeprefix(".")


class Missing(Refused):
    """Something does not exist."""

    default_status = 404

    @classmethod
    def of(cls, what: str, given: object, known: Iterable[object]) -> "Missing":
        """Return the error for an unknown name, with the nearest one."""
        return cls(f"no {what} {echoed(given, MAX_ECHO)}.{did_you_mean(given, known)}")

    @classmethod
    def numbered(cls, what: str, number: int, known: Sequence[int]) -> Self:
        """Return the error for an unknown number, with those that there are.

        Args:
            what: What has the number.
            number: The number.
            known: The numbers that there are, in order.
        """
        return cls(f"no {what} {number}; {_range(what, number, known)}")


def _range(what: str, number: int, known: Sequence[int]) -> str:
    if len(known) < 2:
        return f"there is only {what} {known[0]}" if known else "there are none"
    if known[0] < number < known[-1]:
        after = bisect(known, number)
        return f"the nearest are {known[after - 1]} and {known[after]}"
    return f"there are {what}s from {known[0]} to {known[-1]}"


class Closed(Refused):
    """The lane was closed."""

    default_status = 410


class Conflict(Refused):
    """What is asked for contradicts the state."""

    default_status = 409


class Forbidden(Refused):
    """The caller may not use the control API."""

    default_status = 403
