"""`unsupported`: what requests contain that Electron rejects, or accepts without any effect.

A field of OpenAI is listed only if its value asks for something: `service_tier: "auto"` does not.
What only labels a request, such as `metadata` and `store`, costs nothing and is never listed.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal

from mock_electron.audit.evidence import Evidence
from mock_electron.audit.finding import Finding, Repair, Severity, Verdict, judged, not_applicable
from mock_electron.audit.rule import Rule
from mock_electron.engine.settings import Settings
from mock_electron.inputs.values import FrozenValue
from mock_electron.traffic.lines import counted
from mock_electron.wire import codec

PRACTICE: Final = (  # D: best practices
    "Electron is the right call for: OpenAI-compatible chat/agent workloads [...]"
)
ONE: Final = "n > 1 is not supported"  # D: the message of the error
TEXT: Final = "text in, text out"  # D: model card
Body = Mapping[str, Any]


class Feature(FrozenValue, frozen=True):
    """Something that Electron does not support.

    Attributes:
        answer: Whether Electron rejects it, or accepts it and does nothing.
        asks: Returns whether the value of a field asks for it.
        repair: What to do instead.
        snippet: Code that does it.
        practice: The vendor's sentence; "" for that of the rule.
        severity: The severity of its finding.
    """

    answer: Literal["rejected", "ignored"]
    asks: Callable[[Any], bool]
    repair: str
    snippet: str
    practice: str = ""
    severity: Severity = "low"


def _exists(value: object) -> bool:
    return value is not None


def _has(value: object) -> bool:
    return bool(value)


def _other_than(*plain: object) -> Callable[[Any], bool]:
    """Return a function that tells whether a value differs from those that change nothing."""
    return lambda value: value is not None and value not in plain


def _is_several(value: object) -> bool:
    return isinstance(value, int | float) and value > 1


ASK: Final = 'client.chat.completions.create(model="electron", messages=messages{more})'
SAY: Final = 'messages = [{"role": "user", "content": text}]'
IN_TEXT: Final = "Say in text what the part shows or says: Electron takes text only."
TRANSCRIBE: Final = "Transcribe speech before (Pulse), and speak the reply after (Lightning)."


def _rejected(asks: Callable[[Any], bool], repair: str, code: str, practice: str = "") -> Feature:
    return Feature("rejected", asks, repair, code, practice, "high")


def _left_out(name: str, asks: Callable[[Any], bool], repair: str = "") -> Feature:
    words = repair or f"Leave `{name}` out: Electron accepts it, and nothing changes."
    return Feature("ignored", asks, words, f'options.pop("{name}", None)')


FIELDS: Final[Mapping[str, Feature]] = {
    "n": _rejected(
        _is_several,
        "Send one request for each reply.",
        f"replies = [{ASK.format(more='')} for _ in range(2)]",
        ONE,
    ),
    "prompt_logprobs": _rejected(
        lambda _: True,
        "Ask for the log-probabilities of the reply only.",
        ASK.format(more=", logprobs=True"),
    ),
    "functions": Feature(
        "ignored",
        _has,
        "Send functions as tools: the old field is ignored, so that none is called.",
        ASK.format(more=', tools=[{"type": "function", "function": one} for one in functions]'),
        severity="medium",
    ),
    "function_call": Feature(
        "ignored",
        _other_than("auto", "none"),
        "Name the function with tool_choice: the old field is ignored.",
        ASK.format(more=', tools=tools, tool_choice="required"'),
        severity="medium",
    ),
    "audio": _left_out("audio", _has, TRANSCRIBE),
    "modalities": _left_out("modalities", _other_than(["text"], []), TRANSCRIBE),
    "prediction": _left_out("prediction", _has),
    "reasoning_effort": _left_out("reasoning_effort", _other_than("none")),
    "service_tier": _left_out("service_tier", _other_than("auto", "default")),
    "verbosity": _left_out("verbosity", _other_than("medium")),
    "web_search_options": _left_out("web_search_options", _exists),
}
"""The fields of a request."""
SYSTEM: Final = _rejected(
    _exists,
    'Give instructions with the role "system".',
    'messages = [{"role": "system", "content": instructions}, *messages]',
)
RESULT: Final = _rejected(
    _exists,
    'Give results with the role "tool" and the id of the call.',
    'messages.append({"role": "tool", "tool_call_id": call.id, "content": result})',
)
PART: Final = _rejected(_exists, IN_TEXT, SAY, TEXT)
SPEECH: Final = _rejected(_exists, TRANSCRIBE, SAY, TEXT)
JSON: Final = _rejected(
    _exists,
    "Describe the schema in the system prompt and ask for a JSON object, or force one tool.",
    ASK.format(more=', response_format={"type": "json_object"}'),
)
FUNCTION: Final = _rejected(
    _exists,
    "Offer functions only, and run other tools yourself.",
    'tools = [tool for tool in tools if tool.get("type", "function") == "function"]',
)
CHOICE: Final = _rejected(
    _exists,
    "Send only the tools that may be called.",
    ASK.format(more=', tools=allowed, tool_choice="auto"'),
)
WORDS: Final[Mapping[str, Mapping[str, Feature]]] = {
    "messages[].role": {"developer": SYSTEM, "function": RESULT},
    "messages[].content": {
        **dict.fromkeys(("image_url", "input_image", "file", "input_file", "refusal"), PART),
        "input_audio": SPEECH,
    },
    "response_format": {"json_schema": JSON},
    "tools": dict.fromkeys(
        ("custom", "web_search", "file_search", "code_interpreter", "mcp", "image_generation"),
        FUNCTION,
    ),
    "tool_choice": dict.fromkeys(("allowed_tools", "custom"), CHOICE),
}
"""The words in other fields: roles and types."""


def check(seen: Evidence) -> Verdict:
    """Look into each request, also into those that were refused."""
    found: dict[str, list[int]] = {}
    looked = 0
    for one in seen.exchanges:
        request = seen.requests[one.number]
        body = _document(one.body) if request is None else request.body
        if body is None:
            continue
        looked += 1
        for place in dict.fromkeys(_places(body, seen.settings)):
            found.setdefault(place, []).append(one.number)
    if not looked:
        return not_applicable("no request has a body in JSON")
    findings = [_finding(place, found[place]) for place in FEATURES if place in found]
    return judged(findings, counted(looked, "request"))


def _document(body: bytes) -> Body | None:
    try:
        document = codec.decode(body)
    except codec.MalformedError:
        return None
    return document if isinstance(document, dict) else None


def _places(body: Body, settings: Settings) -> Iterator[str]:
    """Yield what a request asks for in vain."""
    for name in FIELDS.keys() & body.keys():
        if FIELDS[name].asks(body[name]):
            yield name
    for message in _dicts(body.get("messages")):
        yield from _words("messages[].role", message.get("role"))
        for part in _dicts(message.get("content")):
            yield from _words("messages[].content", part.get("type"))
    if not settings.accept_json_schema:
        yield from _words("response_format", _type(body.get("response_format")))
    for tool in _dicts(body.get("tools")):
        yield from _words("tools", tool.get("type"))
    yield from _words("tool_choice", _type(body.get("tool_choice")))


def _words(field: str, word: object) -> Iterator[str]:
    if isinstance(word, str) and word in WORDS[field]:
        yield f"{field}={word}"


def _dicts(value: object) -> Iterator[Body]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))


def _type(value: object) -> object:
    return value.get("type") if isinstance(value, dict) else None


FEATURES: Final[Mapping[str, Feature]] = {
    **FIELDS,
    **{f"{field}={word}": one for field, words in WORDS.items() for word, one in words.items()},
}
"""All features by their place in a request."""
TITLES: Final = {
    "rejected": "Electron rejects part of requests",
    "ignored": "Electron ignores part of requests",
}


def _finding(place: str, numbers: list[int]) -> Finding:
    feature = FEATURES[place]
    reason = f"{place} is {feature.answer} by Electron; {counted(len(numbers), 'request')} with it"
    return Finding(
        "unsupported",
        feature.answer,
        feature.severity,
        TITLES[feature.answer],
        reason,
        tuple(numbers),
        Repair(feature.repair, feature.snippet),
        subject=place,
        practice=feature.practice,
    )


RULE: Final = Rule(
    "unsupported", "fields, roles and parts that Electron rejects or ignores", PRACTICE, check
)
