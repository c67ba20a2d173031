"""Requests, replies, errors and faults in a few words, for one line of a report."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Final

from mock_electron.engine.faults import Fail, Fault
from mock_electron.engine.script.match_input import turn_of
from mock_electron.inputs.spelling import escaped
from mock_electron.outputs.redaction import redact
from mock_electron.wire import errors
from mock_electron.wire.errors import ApiError
from mock_electron.wire.reply import Reply, ToolCall, Usage
from mock_electron.wire.request import ChatRequest
from mock_electron.wire.zod import Issue

MAX_EXCERPT: Final = 40
"""Characters of a text."""
MAX_REASON: Final = 200
"""Characters of the reason of an error."""
MAX_ISSUES: Final = 3
"""Issues of an invalid request that a line lists."""
SETTINGS_BY_ERROR: Final[Mapping[str, str]] = {
    errors.AUTHENTICATION.name: "api_keys",
    errors.RATE_LIMIT.name: "plan",
    errors.CONCURRENCY.name: "plan",
    errors.TOO_LARGE.name: "body_limit",
    errors.UPLOAD_TIMEOUT.name: "upload_timeout",
    errors.NOT_SCRIPTED.name: "strict",
}
"""The setting that decides whether a request gets an error, by the name of the error."""
SETTINGS_BY_VALUE: Final[Mapping[tuple[str, object], str]] = {
    ("response_format.type", "json_schema"): "accept_json_schema=True",
}
"""The setting that accepts a value of a field, by field and value."""


def request_summary(request: ChatRequest) -> str:
    """Return `turn 1 'Hi'`: the turn and the latest message."""
    last = request.last
    words = excerpt(last.content or "")
    return f"turn {turn_of(request)} " + (words if last.role == "user" else f"{last.role} {words}")


def reply_summary(reply: Reply) -> str:
    """Return the text and the calls of a reply."""
    text = [] if reply.content is None else [excerpt(reply.content)]
    return " ".join([*text, *map(_call, reply.tool_calls)]) or "nothing"


def _call(call: ToolCall) -> str:
    return f"{printable(call.name)}({printable(call.arguments)})"


def fault_summary(error: ApiError | None, faults: Iterable[Fault]) -> str:
    """Return the error that the test asked for, or the faults if they prevent any answer."""
    return faults_summary(faults) if error is None else f"{error.name} {excerpt(error.message)}"


def error_summary(error: ApiError, authorization: str) -> str:
    """Return the name of an error, what is wrong, and the setting that decides about it.

    Args:
        error: The error.
        authorization: The redacted header `Authorization`, which a refused key is shown by.
    """
    if error.details:
        return f"{error.name}: {_issues(error.details)}"
    reason = repr(shortened(redact(error.message.partition("\n")[0]), MAX_REASON))
    setting = SETTINGS_BY_ERROR.get(error.name)
    decided = f" (setting {setting})" if setting else ""
    is_of_key = error.name == errors.AUTHENTICATION.name
    key = f", Authorization: {printable(authorization) or 'missing'}" if is_of_key else ""
    return f"{error.name} {reason}{decided}{key}"


def cost_summary(status: int, usage: Usage | None, first: float | None) -> str:
    """Return `200, 18 (16 cached)+2 tokens, first chunk after 0.174 s`."""
    if usage is None:
        return str(status)
    cached = f" ({usage.cached_tokens} cached)" if usage.cached_tokens else ""
    tokens = f"{status}, {usage.prompt_tokens}{cached}+{usage.completion_tokens} tokens"
    has_waited = first is not None and round(first, 3) > 0
    return tokens + (f", first chunk after {first:.3f} s" if has_waited else "")


def retry_summary(attempt: int, pause: float | None) -> str:
    """Return `, attempt 2 after 0.500 s`, or nothing for a first attempt."""
    retry = f", attempt {attempt}" if attempt > 1 else ""
    return retry + ("" if pause is None else f" after {pause:.3f} s")


def _issues(issues: Sequence[Issue]) -> str:
    listed = "; ".join(map(_issue, issues[:MAX_ISSUES]))
    more = len(issues) - MAX_ISSUES
    return listed + (f"; and {more} more" if more > 0 else "")


def _issue(issue: Issue) -> str:
    """Return `max_tokens: Expected number, received null`, and the setting if there is one."""
    field = field_name(issue["path"])
    setting = SETTINGS_BY_VALUE.get((field, issue.get("received")))
    accepted = f" (the setting {setting} accepts it)" if setting else ""
    if issue.get("received") == "null":
        accepted = " (leave the field out)"
    return f"{field or 'body'}: {printable(_reason(issue), MAX_REASON)}{accepted}"


def _reason(issue: Issue) -> str:
    """Return the message of an issue. That of a union does not say what is wrong."""
    branches: Any = issue.get("unionErrors", ())
    found = [_branch(branch["issues"], issue["path"]) for branch in branches]
    return ", or: ".join(found) or str(issue["message"])


def _branch(issues: Sequence[Issue], within: Any) -> str:
    """Return the first issue of a branch of a union, with its field inside the union's."""
    first = issues[0]
    field = field_name(first["path"][len(within) :])  # type: ignore[index]
    return (f"{field}: " if field else "") + _reason(first)


def field_name(path: Any) -> str:
    """Return the path of a field as text: `messages[0].role`."""
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in path]
    return printable("".join(steps).removeprefix("."), MAX_REASON)


def faults_summary(faults: Iterable[Fault]) -> str:
    """Return `Cut(after=3), NoDone()`: faults with the arguments that are not their defaults."""
    return ", ".join(map(_fault, faults))


def _fault(fault: Any) -> str:
    if isinstance(fault, Fail):
        return f"fail({fault.error.status})"
    if not is_dataclass(fault):
        return printable(repr(fault))
    values = {field: getattr(fault, field.name) for field in fields(fault)}
    given = [
        f"{field.name}={printable(repr(value))}"
        for field, value in values.items()
        if value != field.default
    ]
    return f"{type(fault).__name__}({', '.join(given)})"


def printable(text: str, most: int = MAX_EXCERPT) -> str:
    """Return a text on one line, shortened, with control characters escaped."""
    return escaped(shortened(text, most))


def excerpt(text: str) -> str:
    """Return a text in quotation marks, on one line, shortened."""
    return repr(shortened(text))


def shortened(text: str, most: int = MAX_EXCERPT) -> str:
    """Return a text of at most this many characters, with an ellipsis if it is cut."""
    return text if len(text) <= most else text[: most - 1] + "…"
