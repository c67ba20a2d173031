"""Messages about the header `X-Mock-Electron` use the words of the header, not those of Python."""

import re

from mock_electron.engine.faults.directives import DIRECTIVES, OPTIONS
from mock_electron.engine.faults.header import parse_header
from mock_electron.wire.errors import Refusal

MESSAGES = {
    "cut=-1": "cut must be an integer of at least 0, got -1; write it like cut=3",
    "cut-inside=1:a": "unknown cut-inside 'a'; expected one of 'frame', 'string', 'character'; "
    "write it like cut-inside=3:character",
    "duplicate=0": "duplicate must be an integer of at least 1, got 0; write it like duplicate=3",
    "error=-1": "error must be an integer of at least 0, got -1; write it like error=3:503",
    "fragment=0": "fragment must be an integer of at least 1, got 0; write it like fragment=7",
    "repeated-call=no": "unknown repeated-call 'no'; expected one of 'id', 'name', 'both'; "
    "write it like repeated-call=id",
    "two-finishes=foo": "unknown two-finishes 'foo'; expected one of 'stop', 'length', "
    "'tool_calls', 'content_filter'",
    "event-fields=\x01": "event-fields must be printable text on one line, got '\\x01'",
    "fail=503; retry-after=-1": "retry-after must be an integer of at least 0, got -1",
    "fail=503; retry-date=-1": "retry-date must be an integer of at least 0, got -1",
    "fail=700; page=nginx": "fail must be a status from 400 to 599, got 700",
    "fail=503; content-type=%0a": "content-type must be printable ASCII text, such as "
    "'text/plain', got '\\n'",
    "fail=503; content-type=kind%20must%0a": "content-type must be printable ASCII text, such as "
    "'text/plain', got 'kind must\\n'",
    "fail=503; body=empty; truncate=3": "truncate needs a body, and body=empty has none",
}
VALUES = ("foo", "0", "-1", "700", "504", "1:foo", "-1:character", "1:700", "%0a", "\x01", "")
PYTHON = re.compile(
    r"\b[A-Z][a-z]+[A-Z]?[a-z]*\.[a-z]|\bNone\b|\b(?:retry_after|content_type|as_date)\b|\bkind\b"
)


def message(text: str) -> str:
    """Return the message for a header; "" if it is accepted."""
    try:
        parse_header(text)
    except Refusal as refusal:
        return refusal.error.message
    return ""


def test_messages_about_the_header_use_its_words() -> None:
    """They name the directive or the option, and never a Python class, argument or None."""
    got = {text: message(text).removeprefix("X-Mock-Electron: ") for text in MESSAGES}
    assert got == MESSAGES
    python = {}
    for name in (*DIRECTIVES, *OPTIONS):
        before = "fail=503; " if name in OPTIONS and name not in ("fail", "times") else ""
        for value in VALUES:
            for after in ("", "; page=nginx", "; body=empty"):
                text = f"{before}{name}={value}{after}"
                if PYTHON.search(message(text)):
                    python[text] = message(text)
    assert python == {}
