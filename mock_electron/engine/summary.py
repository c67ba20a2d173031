"""Short texts about requests, replies, errors and faults, for one line of a report."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from mock_electron.engine.faults.fault import Fault
from mock_electron.engine.faults.replacement import Fail
from mock_electron.engine.script.match_input import turn_of
from mock_electron.engine.script.script import NEAREST_FIRST
from mock_electron.inputs.spelling import echoed, escaped, shortened
from mock_electron.outputs.redaction import redact_message
from mock_electron.wire import codec, errors
from mock_electron.wire.errors import ApiError
from mock_electron.wire.reply import Reply, ToolCall, Usage
from mock_electron.wire.request import ChatRequest
from mock_electron.wire.zod import Issue

MAX_EXCERPT: Final = 40
"""The maximum length of a text in a line, in characters."""
MAX_REASON: Final = 200
"""The maximum length of the reason of an error, in characters."""
MAX_READ: Final = 4_000
"""The number of characters of an error's message that are read for its reason."""
MAX_ISSUES: Final = 3
"""The maximum number of issues of an invalid request that a line lists."""
SETTINGS_BY_VALUE: Final[Mapping[tuple[str, str], str]] = {
    ("response_format.type", "json_schema"): "accept_json_schema=True",
}
"""The setting that accepts a value of a field, by field and value."""


def request_summary(request: ChatRequest) -> str:
    """Return `turn 1 'Hi'`: the turn and the latest message."""
    last = request.last
    words = excerpt(last.content or "")
    return f"turn {turn_of(request)} " + (words if last.role == "user" else f"{last.role} {words}")


def size_summary(received: int, headers: Mapping[str, str]) -> str:
    """Return `, 18 bytes`: the size of a body, or the size that its header announces.

    Args:
        received: The number of bytes that the journal has.
        headers: The headers of the request.
    """
    announced = headers.get("content-length", "0")
    if received or not (announced.strip("0") or "transfer-encoding" in headers):
        return f", {received} bytes"
    size = f"{printable(announced)} bytes, " if announced.strip("0") else "a body, "
    return f", {size}not kept"


def reply_summary(reply: Reply) -> str:
    """Return the text and the calls of a reply."""
    text = [] if reply.content is None else [excerpt(reply.content)]
    return " ".join([*text, *map(_call, reply.tool_calls)]) or "nothing"


def _call(call: ToolCall) -> str:
    return f"{printable(call.name)}({printable(call.arguments)})"


def fault_summary(error: ApiError | None, faults: Sequence[Fault]) -> str:
    """Return the error that the test asked for, or the faults that sent something else."""
    from_proxy = [one for one in faults if isinstance(one, Fail) and one.is_from_proxy]
    if error is None or from_proxy:
        return faults_summary(faults)
    return f"{error.name} {excerpt(error.message)}"


def error_summary(error: ApiError, authorization: str, body: bytes = b"") -> str:
    """Return the name of an error, what is wrong, and the rule that refused the request.

    Args:
        error: The error.
        authorization: The redacted header `Authorization`, which is shown if a key is refused.
        body: The body of the request.
    """
    rule = printable(error.decided_by, MAX_REASON)
    decided = f" ({rule})" if rule else ""
    if error.details:
        return f"{error.name}: {_issues(error.details, body)}{decided}"
    first_line = error.message.partition("\n")[0].removesuffix(NEAREST_FIRST)
    reason = repr(shortened(redact_message(first_line[:MAX_READ]), MAX_REASON))
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


def retry_summary(attempt: int, pause: float | None, asked_pause: float | None = None) -> str:
    """Return `, attempt 2 after 0.500 s`, or nothing for a first attempt.

    Args:
        attempt: The number of the attempt.
        pause: Seconds since the end of the previous attempt.
        asked_pause: Seconds that the previous answer had asked to wait, if the attempt came too
            early: `, attempt 2 after 0.500 s (too early: asked to wait 60 s)`.
    """
    retry = f", attempt {attempt}" if attempt > 1 else ""
    early = "" if asked_pause is None else f" (too early: asked to wait {asked_pause:g} s)"
    return retry + ("" if pause is None else f" after {pause:.3f} s{early}")


def _issues(issues: Sequence[Issue], body: bytes) -> str:
    listed = "; ".join(_issue(issue) + _wrong_part(issue, body) for issue in issues[:MAX_ISSUES])
    more = len(issues) - MAX_ISSUES
    return listed + (f"; and {more} more" if more > 0 else "")


def _issue(issue: Issue) -> str:
    """Return `max_tokens: Expected number, received null`, and the setting if there is one."""
    field = field_name(issue["path"])
    received = issue.get("received")
    setting = SETTINGS_BY_VALUE.get((field, received)) if isinstance(received, str) else None
    accepted = f" (the setting {setting} accepts it)" if setting else ""
    if received == "null":
        accepted = " (leave the field out)"
    return f"{field or 'body'}: {printable(_reason(issue), MAX_REASON)}{accepted}"


def _wrong_part(issue: Issue, body: bytes) -> str:
    """Return ` (part 1 is image_url; only text parts)` if an issue is about such a content."""
    if issue.get("received") != "array":
        return ""
    value: Any = codec.decode(body)
    path: Any = issue["path"]
    for step in path:
        value = value[step]
    kinds = [part.get("type") if isinstance(part, dict) else None for part in value]
    wrong = [(number, kind) for number, kind in enumerate(kinds) if kind != "text"]
    is_of_parts = any(isinstance(kind, str) for kind in kinds)
    if not wrong or not is_of_parts:
        return ""
    number, kind = wrong[0]
    name = printable(kind) if isinstance(kind, str) else "not a part"
    return f" (part {number} is {name}; only text parts)"


def _reason(issue: Issue) -> str:
    """Return what is wrong: the message of an issue, or for a union, the issues of its branches."""
    branches: Any = issue.get("unionErrors", ())
    found = [_branch(branch["issues"], issue["path"]) for branch in branches]
    return ", or: ".join(found) or str(issue["message"])


def _branch(issues: Sequence[Issue], within: Any) -> str:
    """Return the first issue of a branch of a union, with the field relative to the union."""
    first = issues[0]
    path: Any = first["path"]
    field = field_name(path[len(within) :])
    return (f"{field}: " if field else "") + _reason(first)


def field_name(path: Any) -> str:
    """Return the path of a field as text: `messages[0].role`."""
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in path]
    return printable("".join(steps).removeprefix("."), MAX_REASON)


def faults_summary(faults: Iterable[Fault]) -> str:
    """Return `Cut(after=3), NoDone()`: faults with the arguments that are not their defaults."""
    return ", ".join(map(_fault, faults))


def _fault(fault: Fault) -> str:
    return fault.written(lambda value: escaped(echoed(value, MAX_EXCERPT)))


def printable(text: str, most: int = MAX_EXCERPT) -> str:
    """Return a text on one line, shortened, with control characters escaped."""
    return escaped(shortened(text, most))


def excerpt(text: str) -> str:
    """Return a text in quotation marks, on one line, shortened."""
    return repr(shortened(text, MAX_EXCERPT))
