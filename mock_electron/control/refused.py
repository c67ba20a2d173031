"""The errors of the control API: `{"error": {"message": …, "problems": […]}}`.

Refused
├── Invalid     422  the body or a parameter; lists all problems
├── Missing     404  a lane, a step, a fault or an exchange does not exist
├── Closed      410  the lane was closed
├── Conflict    409  what is asked for contradicts the state
├── Forbidden   403  the caller may not use the control API
└── …           other statuses, by `Refused` itself
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final, TypeVar

from mock_electron._regex import regex
from mock_electron.control.wording import in_json
from mock_electron.inputs.spelling import did_you_mean, echoed
from mock_electron.outputs.redaction import redact_message
from mock_electron.scripts.problems import DocumentPath, Problem, ScriptError

SUGGESTION: Final = regex(r" Did you mean (?:'([^']*)'|\"([^\"]*)\")\?$")
"""The suggestion at the end of a message."""
Value = TypeVar("Value")
MAX_ECHO: Final = 60
"""The maximum number of characters of a name that a message shows."""


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

    @property
    def document(self) -> dict[str, Any]:
        """The body of the response."""
        return {"error": {"message": self.message, "problems": list(self.problems)}}


class Invalid(Refused):
    """A body or a parameter is wrong."""

    default_status = 422

    @classmethod
    def of(cls, problems: Iterable[tuple[DocumentPath, str]], what: str = "the body") -> "Invalid":
        """Return the error for problems, each with its position in the body.

        Args:
            problems: The position and the words of each problem.
            what: What has the problems.
        """
        return cls.listing([_problem(path, words) for path, words in problems], what)

    @classmethod
    def listing(cls, listed: Sequence[Mapping[str, Any]], what: str = "the body") -> "Invalid":
        """Return the error for problems in the form in which a response lists them."""
        count = "1 problem" if len(listed) == 1 else f"{len(listed)} problems"
        first = listed[0]
        return cls(f"{what} has {count}: {_placed(**first)}", problems=listed)

    @classmethod
    def of_script(cls, error: ScriptError, above: DocumentPath = ()) -> "Invalid":
        """Return the error for the problems of a script.

        Args:
            error: The problems.
            above: The position of the script in the body.
        """
        return cls.of([((*above, *one.path), _words(one, above)) for one in error.problems])


def _words(problem: Problem, above: DocumentPath) -> str:
    """Return the words of a problem. In a text inside the body, they name the line."""
    return f"line {problem.line}: {problem.words}" if above and problem.line else problem.words


def _placed(path: str, message: str, **_more: str) -> str:
    """Return a message after the position of its problem, whose last name it may begin with."""
    name = path.rpartition(".")[2]
    if name and message.startswith(f"{name} "):
        return f"{path}{message.removeprefix(name)}"
    return f"{path}: {message}" if path else message


def _problem(path: DocumentPath, words: str) -> dict[str, str]:
    if not words.startswith("line "):  # in a text that may be YAML
        path, words = in_json(path, words)
    found = SUGGESTION.search(words)
    suggestion = {"did_you_mean": found[1] or found[2]} if found else {}
    return {"path": redact_message(_dotted(path)), "message": redact_message(words)} | suggestion


def _dotted(path: DocumentPath) -> str:
    """Return a position in the form `steps[0].when.says`."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part[:MAX_ECHO]}" for part in path]
    return "".join(parts).removeprefix(".")


class Problems:
    """The problems of several parts of a request, which one response lists.

    Args:
        what: What has the problems.
    """

    def __init__(self, what: str = "the body") -> None:
        self._what = what
        self._listed: list[Mapping[str, Any]] = []

    def read(self, read: Callable[..., Value], *given: Any) -> Value | None:
        """Return what a function reads; None if it raises Invalid, whose problems are kept."""
        try:
            return read(*given)
        except Invalid as error:
            self._listed += error.problems
            return None

    def check(self) -> None:
        """Raise Invalid if there were problems."""
        if self._listed:
            raise Invalid.listing(self._listed, self._what)


class Missing(Refused):
    """Something does not exist."""

    default_status = 404

    @classmethod
    def of(cls, what: str, given: object, known: Iterable[object]) -> "Missing":
        """Return the error for an unknown name, with the nearest one."""
        return cls(f"no {what} {echoed(given, MAX_ECHO)}.{did_you_mean(given, known)}")


class Closed(Refused):
    """The lane was closed."""

    default_status = 410


class Conflict(Refused):
    """What is asked for contradicts the state."""

    default_status = 409


class Forbidden(Refused):
    """The caller may not use the control API."""

    default_status = 403
