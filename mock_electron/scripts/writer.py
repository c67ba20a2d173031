"""Turn steps into the text of a script file."""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.representer import SafeRepresenter

from mock_electron.engine.faults.by_name import FAULTS
from mock_electron.engine.faults.fault import Fault, ReplacementFault
from mock_electron.engine.faults.replacement import Fail, fail
from mock_electron.engine.faults.stream import Cut
from mock_electron.engine.pace import PACES, Pace
from mock_electron.engine.script.step import Step
from mock_electron.inputs.values import given_fields
from mock_electron.model.draft import Call, Draft
from mock_electron.scripts.conditions import write_conditions
from mock_electron.wire import codec, errors

PAGE_OPTIONS: Final = ("body", "page", "content_type", "truncate")
"""The options of `fail` that say what is sent instead of the error envelope."""
FAULT_NAMES: Final = {kind: name for name, kind in FAULTS.items()}
AT_ONCE: Final = 50
"""The number of steps that are written at a time."""
WIDEST_LINE: Final = 10_000
"""The maximum number of characters per line. It is large, so that texts are not wrapped."""


def write(steps: Iterable[Step]) -> str:
    """Return a script file with these steps, in YAML.

    Raises:
        ValueError: If a step has a function, which a file cannot contain.
    """
    return "".join(write_parts(steps))


def write_parts(steps: Iterable[Step]) -> Iterator[str]:
    """Yield a script file with these steps, in YAML, a limited number of steps at a time.

    The writer makes many objects for each step. If they were all made at once, the garbage
    collector would visit them all while other threads wait.

    Raises:
        ValueError: If a step has a function, which a file cannot contain.
    """
    documents = [to_mapping(step) for step in steps]
    if not documents:
        yield _text({"steps": []})
        return
    yield "steps:\n"
    for begin in range(0, len(documents), AT_ONCE):
        yield _text(documents[begin : begin + AT_ONCE])


def _text(document: Any) -> str:
    yaml: Any = YAML(typ="safe", pure=True)  # its attributes are typed as None
    yaml.Representer = _Representer
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = WIDEST_LINE
    yaml.sort_base_mapping_type_on_output = False
    text = StringIO()
    yaml.dump(document, text)
    return text.getvalue()


class _Representer(SafeRepresenter):
    """Quotes strings with Unicode line breaks, which YAML readers would otherwise fold."""

    def represent_str(self, data: Any) -> Any:
        has_breaks = any(character in data for character in "\x85\u2028\u2029")
        style = '"' if has_breaks else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Representer.add_representer(str, _Representer.represent_str)


def to_mapping(step: Step) -> dict[str, Any]:
    """Return a step as a file writes it.

    Raises:
        ValueError: If the step has a function.
    """
    given: dict[str, Any] = {}
    if step.times is None or step.match.size:
        given["when"] = write_conditions(step.match)
    given |= _answer(step)
    if step.times != (None if "when" in given else 1):
        given["times"] = step.times
    if step.pace is not None:
        given["pace"] = _pace(step.pace)
    if step.headers:
        given["headers"] = {name.decode(): text.decode() for name, text in step.headers}
    return given


def _answer(step: Step) -> dict[str, Any]:
    answer, faults = step.answer, list(step.faults)
    given: dict[str, Any] = {}
    if isinstance(answer, Draft):
        given["reply"] = _reply(answer)
    elif isinstance(answer, Fail):
        given["fail"] = _fail(answer)
    elif isinstance(answer, ReplacementFault):
        faults = [answer]
    elif answer is not None:
        raise ValueError("cannot write a step to a file if its answer is a function")
    if len(faults) == 1 and isinstance(faults[0], Cut):
        given["cut"] = _fields(faults[0])
    elif faults or answer is None:
        given["inject"] = [fault_form(fault) for fault in faults]
    return given


def _reply(draft: Draft) -> str | dict[str, Any]:
    given: dict[str, Any] = {}
    if draft.calls:
        given |= {} if draft.content is None else {"filler": draft.content}
        given["calls"] = [_call(call) for call in draft.calls]
    else:
        given["text"] = draft.content or ""
    if draft.finish_reason is not None:
        given["finish_reason"] = draft.finish_reason
    if draft.usage is not None:
        given["usage"] = _fields(draft.usage)
    if draft.logprobs is not None:
        pairs = draft.logprobs
        given["logprobs"] = [list(pair) for pair in pairs] if isinstance(pairs, tuple) else pairs
    return str(given["text"]) if given.keys() == {"text"} else given


def _call(call: Call) -> str | dict[str, Any]:
    """Return a call. Its arguments are a mapping, or text if a mapping would not give that text."""
    name, own_id = str(call.name), {"id": str(call.id)} if call.id else {}
    if own_id and name == "id":
        raise ValueError("cannot write a call with an id to a file if its tool is named 'id'")
    arguments = _mapping(call.arguments)
    if arguments is None and name == "id":
        raise ValueError("cannot write such arguments to a file if their tool is named 'id'")
    if arguments is None:
        return {name: str(call.arguments)} | own_id
    return {name: arguments} | own_id if arguments or own_id else name


def _mapping(arguments: str) -> dict[str, Any] | None:
    """Return the arguments of a call as a mapping; None if it would not give the same text."""
    try:
        found: Any = codec.decode(arguments.encode())
    except codec.MalformedError:
        return None
    is_same = isinstance(found, dict) and codec.encode_arguments(found) == arguments
    return found if is_same else None


def _fail(failure: Fail) -> int | str | dict[str, Any]:
    error = failure.error
    known = errors.BY_NAME.get(error.name)
    by_status = known is None or errors.BY_STATUS[error.status] is known
    given: dict[str, Any] = {"kind": error.status if by_status else error.name}
    default = fail(given["kind"], body=failure.body, page=failure.page).error
    if error.message != default.message:
        given["message"] = error.message
    if error.retry_after != default.retry_after:
        given["retry_after"] = error.retry_after
    if error.retry_as_date:
        given["as_date"] = True
    given |= {"delay": failure.delay} if failure.delay else {}
    options = ((name, getattr(failure, name)) for name in PAGE_OPTIONS)
    given |= {name: option for name, option in options if option is not None}
    kind: int | str = given["kind"]
    return kind if len(given) == 1 else given


def _pace(pace: Pace) -> str | dict[str, Any]:
    names = (name for name, value in PACES.items() if value == pace)
    return next(names, None) or _fields(pace)


def fault_form(fault: Fault) -> str | dict[str, Any]:
    """Return a fault as a file writes it; an error as `{"fail": …}`."""
    if isinstance(fault, Fail):
        return {"fail": _fail(fault)}
    name, given = FAULT_NAMES[type(fault)], _fields(fault)
    return {name: given} if given else name


def _fields(value: Any) -> dict[str, Any]:
    """Return the fields of a value that differ from their defaults, as a file writes them."""
    return {name: _plain(given) for name, given in given_fields(value).items()}


def _plain(given: Any) -> Any:
    """Return a value as a file writes it: the frames of `Raw` as texts, or as base64."""
    return [_frame(frame) for frame in given] if isinstance(given, tuple) else given


def _frame(frame: bytes) -> str | dict[str, str]:
    try:
        text = frame.decode()
    except UnicodeDecodeError:
        text = ""
    is_plain = bool(text) and all(c.isprintable() or c == "\n" for c in text)
    return text if is_plain else {"base64": b64encode(frame).decode()}
