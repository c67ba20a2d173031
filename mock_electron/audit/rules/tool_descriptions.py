"""`tool-descriptions`: tool definitions are read, and paid for, on every turn.

1. The size of a catalogue is that of the prompt's tokens, as the fake counts them (A).
2. Tools that are never called are told only after enough replies, if other tools were called.
3. `tools: []` is refused, so it is no catalogue, but a mistake.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from mock_electron.audit.catalogues import Catalogue, Catalogues, ToolCost
from mock_electron.audit.evidence import Evidence
from mock_electron.audit.finding import (
    Finding,
    Repair,
    Saving,
    Severity,
    Verdict,
    judged,
    not_applicable,
)
from mock_electron.audit.rule import Rule
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.prefix_cache import BLOCK
from mock_electron.traffic.lines import counted
from mock_electron.wire import codec

PRACTICE: Final = (  # D: best practices
    "Every tool description and parameter schema gets sent as input tokens on every turn. Aim for "
    "one sentence of intent per tool, and tight parameter description fields. Don't include "
    "examples in the tool definition unless they materially improve calling behavior."
)
SHORT: Final = Repair(
    "Describe each tool in one sentence, and each parameter by its purpose.",
    'tools = [{"type": "function", "function": {\n'
    '    "name": "get_weather",\n'
    '    "description": "Return the current weather of a city.",\n'
    '    "parameters": {\n'
    '        "type": "object",\n'
    '        "properties": {"city": {"type": "string", "description": "city name"}},\n'
    '        "required": ["city"],\n'
    "    },\n"
    "}}]",
)
IN_PROMPT: Final = Repair(
    "Move the examples into the system prompt, where they are cached once.",
    "SYSTEM = \"You help travellers. A city is written like 'Pune' or 'Navi Mumbai'.\"",
)
OFFERED: Final = Repair(
    "Offer a tool only in conversations that can need it, and the same ones on all of their turns: "
    "tools that change are read again.",
    "tools = [TOOLS[name] for name in names_for(task)]  # once for each conversation",
)
NOT_EMPTY: Final = Repair(
    "Leave the field out if there are no tools.",
    'options = {"tools": tools} if tools else {}\n'
    'client.chat.completions.create(model="electron", messages=messages, **options)',
)

Offered = tuple[Exchange, Catalogue]
"""An exchange, and the tools of its request."""


def check(seen: Evidence) -> Verdict:
    """Find catalogues that are large, wordy, full of examples, unused or empty."""
    read = Catalogues()
    offered = [(one, read.of(request)) for one, request in seen.valid if request.tools]
    empty = [one for one in seen.exchanges if not one.understood and _has_no_tools(one)]
    if not offered and not empty:
        return not_applicable("no request has tools")
    findings = [
        *_empty(empty),
        *_large(offered, seen.thresholds.tools_tokens),
        *_wordy(offered),
        *_with_examples(offered),
        *_never_called(seen, offered),
    ]
    return judged(findings, counted(len(offered), "request with tools", "requests with tools"))


def _has_no_tools(exchange: Exchange) -> bool:
    """Return whether a request that was refused has an empty list of tools."""
    if b'"tools"' not in exchange.body:
        return False
    try:
        document = codec.decode(exchange.body)
    except codec.MalformedError:
        return False
    return isinstance(document, dict) and document.get("tools") == []


def _empty(refused: Sequence[Exchange]) -> Iterator[Finding]:
    if refused:
        reason = (
            f"{counted(len(refused), 'request')} refused with 400: Electron accepts no `tools: []`"
        )
        yield _finding("empty", "high", "An empty list of tools", reason, refused, NOT_EMPTY)


def _large(offered: Sequence[Offered], most: int) -> Iterator[Finding]:
    large = [(one, catalogue) for one, catalogue in offered if catalogue.tokens > most]
    if not large:
        return
    largest = max((catalogue for _, catalogue in large), key=lambda catalogue: catalogue.tokens)
    total = sum(catalogue.tokens for _, catalogue in large)
    reason = (
        f"the definitions of {counted(len(largest.tools), 'tool')} take {largest.tokens} tokens on "
        f"each turn, above {most}: {total} tokens in {counted(len(large), 'request')}"
    )
    by_size = sorted(largest.tools, key=lambda tool: (-tool.tokens, tool.name))
    details = tuple(f"{tool.name}: {tool.tokens} tokens" for tool in by_size)
    title = "Large tool catalogue"
    exchanges = [one for one, _ in large]
    yield _finding("large", "low", title, reason, exchanges, SHORT, details=details)


def _wordy(offered: Sequence[Offered]) -> Iterator[Finding]:
    exchanges, tools = _with(offered, lambda tool: tool.sentences > 1)
    if not tools:
        return
    details = tuple(f"{name}: {counted(tool.sentences, 'sentence')}" for name, tool in tools)
    reason = f"{counted(len(tools), 'tool')} with a description of several sentences"
    title = "Tool descriptions of several sentences"
    yield _finding("sentences", "low", title, reason, exchanges, SHORT, details=details)


def _with_examples(offered: Sequence[Offered]) -> Iterator[Finding]:
    exchanges, tools = _with(offered, lambda tool: tool.example_tokens > 0)
    if not tools:
        return
    savings = [
        _saving(one, catalogue, sum(tool.example_tokens for tool in catalogue.tools))
        for one, catalogue in offered
    ]
    details = tuple(f"{name}: {tool.example_tokens} tokens of examples" for name, tool in tools)
    total = sum(saving.tokens for saving in savings)
    reason = (
        f"{counted(len(tools), 'tool')} with examples in the definition: {total} tokens in "
        f"{counted(len(exchanges), 'request')}"
    )
    title = "Examples in tool definitions"
    found = tuple(saving for saving in savings if saving.tokens)
    yield _finding("examples", "low", title, reason, exchanges, IN_PROMPT, found, details)


def _never_called(seen: Evidence, offered: Sequence[Offered]) -> Iterator[Finding]:
    """Find tools that were offered often and never called, although others were."""
    called = {call.name for one, _ in offered if one.generated for call in one.generated.tool_calls}
    named = {request.named_tool for _, request in seen.valid} | _called_before(seen)
    turns: dict[str, list[Offered]] = {}
    for one, catalogue in offered:
        for tool in catalogue.tools if one.generated else ():
            turns.setdefault(tool.name, []).append((one, catalogue))
    least = seen.thresholds.tools_offered
    unused = sorted(
        name
        for name, found in turns.items()
        if name not in called and name not in named and len(found) >= least
    )
    if not called or not unused:
        return
    reason = (
        f"{counted(len(unused), 'tool')} offered in at least {least} requests and never called: "
        f"{', '.join(unused)}"
    )
    savings = [
        _saving(one, catalogue, sum(tool.tokens for tool in catalogue.tools if tool.name in unused))
        for one, catalogue in offered
    ]
    found = tuple(saving for saving in savings if saving.tokens)
    exchanges = [one for (one, _), saving in zip(offered, savings, strict=True) if saving.tokens]
    yield _finding(
        "unused", "low", "Tools that are never called", reason, exchanges, OFFERED, found
    )


def _called_before(seen: Evidence) -> set[str]:
    """Return the tools that the histories of requests call: a journal may begin later."""
    return {
        call.name
        for _, request in seen.valid
        for message in request.messages
        for call in message.tool_calls
    }


def _with(
    offered: Sequence[Offered], is_found: Callable[[ToolCost], bool]
) -> tuple[list[Exchange], list[tuple[str, ToolCost]]]:
    """Return the exchanges with such tools, and the tools by name."""
    exchanges = [one for one, catalogue in offered if any(map(is_found, catalogue.tools))]
    tools = {
        tool.name: tool for _, catalogue in offered for tool in catalogue.tools if is_found(tool)
    }
    return exchanges, sorted(tools.items())


def _saving(exchange: Exchange, catalogue: Catalogue, tokens: int) -> Saving:
    """Return the saving of tokens of a catalogue, which is at the beginning of the prompt."""
    usage = exchange.usage
    is_cached = usage is not None and usage.cached_tokens >= catalogue.tokens - BLOCK
    return Saving(exchange.number, "cached" if is_cached else "fresh", tokens)


def _finding(
    kind: str,
    severity: Severity,
    title: str,
    reason: str,
    exchanges: Sequence[Exchange],
    repair: Repair,
    savings: tuple[Saving, ...] = (),
    details: tuple[str, ...] = (),
) -> Finding:
    numbers = tuple(one.number for one in exchanges)
    return Finding(
        "tool-descriptions",
        kind,
        severity,
        title,
        reason,
        numbers,
        repair,
        savings=savings,
        details=details,
    )


RULE: Final = Rule(
    "tool-descriptions",
    "tool definitions that are large, wordy, full of examples, unused or empty",
    PRACTICE,
    check,
)
