"""An exchange as texts to copy: a curl command, a script step, a Python test, a program for Node.

Each one sends the same request, or gives the same answer. None of them contains the API key. The
command and the program send it to the same lane, with the key in SMALLEST_API_KEY or else sk_mock.
"""

import json
import shlex
from base64 import b64encode
from collections.abc import Mapping
from functools import partial
from pprint import pformat
from typing import Any, Final

from mock_electron._regex import regex
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.faults.fault import Fault
from mock_electron.engine.faults.replacement import Fail, Silence
from mock_electron.engine.script.step import Step
from mock_electron.model.draft import Draft
from mock_electron.outputs.redaction import redact_message
from mock_electron.scripts.writer import write
from mock_electron.traffic.exports.recording import recorded_steps
from mock_electron.wire import codec, errors

WRONG_KEY: Final = 401
FAULT_HEADER: Final = "x-mock-electron"
KEPT_HEADERS: Final = ("content-type", FAULT_HEADER)
"""The request headers that decide the answer, besides the key."""
KEY: Final = "SMALLEST_API_KEY"
ANY_KEY: Final = "sk_mock"
MOST_COPIED: Final = 256 * 1024
"""The maximum number of bytes of a body that is copied. Nobody pastes more."""
TOO_LONG: Final = "No copy: the request has {size} bytes. The export as HAR has all of them."
LONGEST_ARGUMENT: Final = 100_000
"""Bytes that one argument of a command can surely have."""
INEXACT: Final = regex(r"[0-9]{16}|__proto__")
"""What JavaScript does not read as JSON has it."""
WIDTH: Final = 92


def copies(exchange: Exchange, url: str) -> dict[str, str]:
    """Return the texts by name. A text that cannot be written says so in a comment.

    Args:
        exchange: The exchange.
        url: The URL of the lane.
    """
    step = next(iter(recorded_steps([exchange])), None)
    if len(exchange.body) > MOST_COPIED:
        words = TOO_LONG.format(size=len(exchange.body))
        script = {"curl": f"# {words}\n", "script": _script(step), "python": f"# {words}\n"}
        return script | {"node": f"// {words}\n"}
    return {
        "curl": _curl(exchange, url),
        "script": _script(step),
        "python": _python_test(exchange, step),
        "node": _node(exchange, url),
    }


def _headers(exchange: Exchange) -> dict[str, str]:
    given = exchange.headers
    return {name: given[name] for name in KEPT_HEADERS if name in given}


# --- curl


def _curl(exchange: Exchange, url: str) -> str:
    parts = [f"curl -sS -N -X {shlex.quote(exchange.method)} {shlex.quote(url + exchange.path)}"]
    if exchange.authorization:
        parts.append(f'-H "Authorization: Bearer ${{{KEY}:-{ANY_KEY}}}"')
    parts += [f"-H {shlex.quote(f'{name}: {text}')}" for name, text in _headers(exchange).items()]
    source, argument = _body_for_curl(exchange.body)
    return source + " \\\n  ".join([*parts, *([argument] if argument else [])]) + "\n"


def _body_for_curl(body: bytes) -> tuple[str, str]:
    """Return the command that writes a body, if one is needed, and the argument of curl."""
    if not body:
        return "", ""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:  # no argument can contain it
        return f"printf %s {b64encode(body).decode()} | base64 -d | ", "--data-binary @-"
    if len(body) > LONGEST_ARGUMENT:
        return f"printf %s {shlex.quote(text)} | ", "--data-binary @-"
    return "", f"--data-raw {shlex.quote(text)}"


# --- a script step


def _script(step: Step | None) -> str:
    if step is None:
        return "# No step: the request is refused for what it is, and would be refused again.\n"
    try:
        return write([step])
    except ValueError as error:
        return f"# {redact_message(str(error))}\n"


# --- a Python test


def _python_test(exchange: Exchange, step: Step | None) -> str:
    request = exchange.request
    if request is None or not exchange.is_chat or exchange.status == WRONG_KEY:
        return "# No test: the OpenAI client does not send such a request.\n"
    if exchange.error is not None and exchange.error.name == errors.NOT_SCRIPTED.name:
        return "# No test: no step of the script can answer the request.\n"
    rest: Any = codec.decode(exchange.body)
    given: dict[str, Any] = {name: rest.pop(name) for name in NAMED if name in rest}
    if rest:
        given["extra_body"] = rest
    if step is None and FAULT_HEADER in exchange.headers:  # a step has its faults
        given["extra_headers"] = {FAULT_HEADER: exchange.headers[FAULT_HEADER]}
    lines = [*_scripted(step), CLIENT, *_asserted(exchange, is_stream=request.stream)]
    margin = " " * len(REQUEST)
    written = REQUEST + pformat(given, width=WIDTH - len(REQUEST), sort_dicts=False)
    test = "\n    ".join([f"def test_exchange_{exchange.number}(electron):", *lines])
    imports = ["import pytest"] if "pytest." in test else []
    imports += filter(None, map(partial(_imported, test), IMPORTS))
    return "\n\n".join(["\n".join(imports), written.replace("\n", f"\n{margin}"), f"\n{test}\n"])


NAMED: Final = ("model", "messages", "stream")
"""The fields of a request that are arguments of the client. The others are its extra body."""
CLIENT: Final = (
    "client = OpenAI(base_url=electron.base_url, api_key=electron.api_key, max_retries=0)"
)
REQUEST: Final = "REQUEST = "
CALL: Final = "client.chat.completions.create(**REQUEST)"
CALL_SOON: Final = "client.chat.completions.create(**REQUEST, timeout=1)"
"""The call for an answer that never comes."""
IMPORTS: Final[Mapping[str, tuple[str, ...]]] = {
    "contextlib": ("suppress",),
    "openai": ("APIStatusError", "OpenAI"),
    "mock_electron": ("call", "faults"),
}
"""What a test may import, by module."""


def _imported(test: str, module: str) -> str:
    """Return the import of the names of a module that a test uses, or ""."""
    used = [name for name in IMPORTS[module] if any(f"{name}{after}" in test for after in "(.)")]
    return f"from {module} import {', '.join(used)}" if used else ""


def _scripted(step: Step | None) -> list[str]:
    """Return the lines that set up the same answer."""
    if step is None:
        return []
    answer = step.answer
    injected = [f"electron.inject({_fault(fault)})" for fault in step.faults]
    if isinstance(answer, Draft):
        return [_reply(answer), *injected]
    if isinstance(answer, Fail):
        return [_fail(answer)]
    return [f"electron.inject({_fault(answer)})"] if isinstance(answer, Fault) else []


def _fault(fault: Fault) -> str:
    return f"faults.{fault!r}"


def _reply(draft: Draft) -> str:
    calls = [_call(call.name, call.arguments, call.id) for call in draft.calls]
    given = calls or [repr(draft.content or "")]
    if calls and draft.content:
        given.append(f"filler={draft.content!r}")
    if draft.finish_reason is not None:
        given.append(f"finish_reason={draft.finish_reason!r}")
    return f"electron.reply({', '.join(given)})"


def _call(name: str, arguments: str, own_id: str | None) -> str:
    try:
        given = codec.decode(arguments.encode())
    except codec.MalformedError:
        given = None
    shown = f", **{given!r}" if given else ""
    return f"call({name!r}{shown})" + (f".with_id({own_id!r})" if own_id else "")


def _fail(fault: Fail) -> str:
    error = fault.error
    more = "" if error.retry_after is None else f", retry_after={error.retry_after}"
    return f"electron.fail({error.status}{more})"


def _asserted(exchange: Exchange, *, is_stream: bool) -> list[str]:
    """Return the lines that send the request, and check what it gives."""
    reply = exchange.generated
    if exchange.error is not None and exchange.status and reply is None:
        status = f"assert raised.value.status_code == {exchange.status}"
        return ["with pytest.raises(APIStatusError) as raised:", f"    {CALL}", status]
    if reply is None or exchange.faults:
        is_silent = any(isinstance(fault, Silence) for fault in exchange.faults)
        call = CALL_SOON if is_silent else CALL
        return ["with suppress(Exception):  # the fault may break the answer", f"    list({call})"]
    if is_stream:
        deltas = "deltas = [chunk.choices[0].delta for chunk in answer if chunk.choices]"
        text = '"".join(delta.content or "" for delta in deltas)'
        return [f"answer = {CALL}", deltas, f"assert {text} == {reply.content or ''!r}"]
    lines = [f"message = {CALL}.choices[0].message", f"assert message.content == {reply.content!r}"]
    if reply.tool_calls:
        names = [one.name for one in reply.tool_calls]
        lines.append(f"assert [one.function.name for one in message.tool_calls] == {names!r}")
    return lines


# --- Node

NODE_FILE: Final = "// ask.mjs, run with: node ask.mjs"
"""What a program begins with. In a file with another ending, Node allows no `await` here."""


def _node(exchange: Exchange, url: str) -> str:
    key = f'`Bearer ${{process.env.{KEY} ?? "{ANY_KEY}"}}`'
    headers = [f"    Authorization: {key},"] if exchange.authorization else []
    headers += [
        f"    {json.dumps(n)}: {json.dumps(text)}," for n, text in _headers(exchange).items()
    ]
    body = _body_for_node(exchange)
    lines = [
        NODE_FILE,
        f"const response = await fetch({json.dumps(url + exchange.path)}, {{",
        f"  method: {json.dumps(exchange.method)},",
        "  headers: {",
        *headers,
        "  },",
        *([f"  body: {body},"] if body else []),
        "});",
        "console.log(response.status, await response.text());",
    ]
    return "\n".join(lines) + "\n"


def _body_for_node(exchange: Exchange) -> str:
    if not exchange.body:
        return ""
    try:
        text = exchange.body.decode()
    except UnicodeDecodeError:
        return f'Buffer.from("{b64encode(exchange.body).decode()}", "base64")'
    if not exchange.understood or INEXACT.search(text):
        return json.dumps(text)
    written = json.dumps(codec.decode(exchange.body), indent=2, ensure_ascii=False)
    return f"JSON.stringify({written})".replace("\n", "\n  ")
