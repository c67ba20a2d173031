"""`cache-prefix`: a part that differs early in the prompt, so that nothing after it is cached.

1. What is lost is measured: the real cache runs again over the same requests at the same times,
   with the part behind what they share. A prompt that was no longer cached loses nothing.
   Of very many requests, the first ones are measured. Other requests are read as well where they
   may have taken the place of these in the cache.
2. A part that stays the same within each conversation goes before the user's first question. One
   that differs on every turn, such as the time, goes to the end of the prompt.
3. That the prompt begins with the tool definitions is assumed (A).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, NamedTuple

from msgspec.structs import replace

from mock_electron.audit.cache_run import Requests, compared, with_part_last
from mock_electron.audit.early_parts import PartKind, Template, templates_of
from mock_electron.audit.evidence import Evidence
from mock_electron.audit.finding import (
    Finding,
    Repair,
    Verdict,
    judged,
    not_applicable,
    not_observable,
)
from mock_electron.audit.rule import Rule
from mock_electron.audit.tool_orders import ToolOrder, tool_orders
from mock_electron.inputs.spelling import shortened
from mock_electron.outputs.redaction import redact_message
from mock_electron.traffic.lines import counted
from mock_electron.traffic.rates import total_usage
from mock_electron.wire.reply import Usage
from mock_electron.wire.request import ChatRequest

PRACTICE: Final = (  # D: best practices
    "Stable content first, variable content last. If you put a per-request value early in the "
    "prompt, nothing after it can match the cache."
)
TITLES: Final[Mapping[PartKind, str]] = {
    "time": "The time early in the prompt",
    "date": "A date early in the prompt",
    "id": "An id early in the prompt",
    "number": "A number early in the prompt",
    "name": "A name early in the prompt",
    "text": "Changing words early in the prompt",
}
ONCE: Final = Repair(
    "Put the part behind the system prompt, which then is the same for all users.",
    "messages = [\n"
    '    {"role": "system", "content": SYSTEM_PROMPT},  # the same in every request\n'
    '    {"role": "system", "content": f"You are helping {user_name}."},\n'
    '    {"role": "user", "content": question},\n'
    "]",
)
EACH_TURN: Final = Repair(
    "Put the part at the end of the prompt, behind the history.",
    "messages = [\n"
    '    {"role": "system", "content": SYSTEM_PROMPT},  # the same in every request\n'
    "    *history,\n"
    '    {"role": "user", "content": question},\n'
    '    {"role": "system", "content": f"It is {now:%H:%M}."},\n'
    "]",
)
SORTED: Final = Repair(
    "Offer the same tools in the same order on every turn.",
    'tools = sorted(tools, key=lambda tool: tool["function"]["name"])',
)
MOST_RUN: Final = 2000
"""The number of requests with which the cache runs again, so that an audit takes seconds. Several
parts share it."""
LEAST_RUN: Final = 20
"""The number of requests with which it runs again for each part."""
SHOWN: Final = 40
"""The maximum number of characters that a reason shows of a part."""


class Draft(NamedTuple):
    """A finding before its loss is measured."""

    kind: str
    title: str
    reason: str
    repair: Repair
    subject: str = ""


def check(seen: Evidence) -> Verdict:
    """Find the parts that differ early, and what they cost."""
    answered = _answered(seen)
    if len(answered) < 2:
        return not_applicable(counted(len(answered), "reply", "replies"))
    if not seen.settings.prefix_cache_tokens:
        return not_observable("the setting prefix_cache_tokens is 0")
    templates, orders = [*templates_of(seen)], [*tool_orders(seen)]
    most = max(MOST_RUN // max(len(templates) + len(orders), 1), LEAST_RUN)
    early = [found for template in templates for found in _early(seen, template, most)]
    tools = [found for order in orders for found in _tools(seen, order, most)]
    findings = [*_told_apart(early), *tools]
    usage = total_usage(one.chat_usage for one, _ in answered)
    return judged(findings, f"{_rate(usage)} of {usage.prompt_tokens} prompt tokens were cached")


def _answered(seen: Evidence) -> Requests:
    return [(one, request) for one, request in seen.valid if one.usage is not None]


def _told_apart(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield findings; the second of several with the same id gets a number."""
    ids = Counter[str]()
    for one in findings:
        ids[one.id] += 1
        count = ids[one.id]
        yield one if count == 1 else replace(one, subject=f"{one.subject}-no-{count}")


def _early(seen: Evidence, template: Template, most: int) -> Iterator[Finding]:
    members = [member for found in template.members.values() for member in found]
    members.sort(key=lambda member: member.exchange.number)
    at_end = _varies_within(seen, template)
    changed = [(one, _repaired(template, request, at_end)) for one, request in members[:most]]
    place, first, second = template.place + 1, *template.parts[:2]
    role = template.opening[template.place].role
    where = f"message {place} ({role}) differs from character {template.start + 1} on"
    shown = f"{_shown(first)} and {_shown(second)}"
    more = f", {len(template.parts)} in all" if len(template.parts) > 2 else ""
    kind, repair = template.kind, EACH_TURN if at_end else ONCE
    subject = f"message-{place}" + ("" if template.start == 0 else f"-{template.start + 1}")
    draft = Draft(kind, TITLES[kind], f"{where}: {shown}{more}", repair, subject)
    yield from _measured(seen, draft, changed, len(members))


def _repaired(template: Template, request: ChatRequest, at_end: bool) -> ChatRequest:
    """Return a request with its part behind what it shares with others."""
    text = request.messages[template.place].content or ""
    part = template.part_of(text)
    rest = text[: template.start] + text[template.start + len(part) :]
    return with_part_last(request, template.place, rest, part.strip(), at_end=at_end)


def _varies_within(seen: Evidence, template: Template) -> bool:
    """Return whether the part differs within a conversation; rule 2."""
    parts = {
        member.exchange.number: template.part_of(text)
        for text, found in template.members.items()
        for member in found
    }
    parents = seen.conversations.parents
    return any(
        parts.get(parent, part) != part
        for number, part in parts.items()
        if (parent := parents.get(number)) is not None
    )


def _tools(seen: Evidence, order: ToolOrder, most: int) -> Iterator[Finding]:
    title = "Tools change between requests" if order.changes else "Tools in changing order"
    draft = Draft("tools" if order.changes else "tools-order", title, order.words, SORTED)
    yield from _measured(seen, draft, [*islice(order.repaired(), most)], len(order.members))


def _measured(seen: Evidence, draft: Draft, changed: Requests, of: int) -> Iterator[Finding]:
    """Yield the finding, if the cache would have held more than the threshold; rule 1."""
    found = compared(changed, _answered(seen), seen.settings)
    if found.tokens < seen.thresholds.cache_lost_tokens:
        return
    rates = f"hit rate {_rate(found.before)}, with this part last {_rate(found.after)}"
    if found.measured < of:
        rates += f" (measured on the first {found.measured} of {of} requests)"
    yield Finding(
        "cache-prefix",
        draft.kind,
        "medium",
        draft.title,
        f"{draft.reason}; {found.tokens} tokens lost: {rates}",
        tuple(saving.exchange for saving in found.savings),
        draft.repair,
        draft.subject,
        savings=found.savings,
    )


def _rate(usage: Usage) -> str:
    return f"{usage.cached_tokens / usage.prompt_tokens:.0%}" if usage.prompt_tokens else "0%"


def _shown(part: str) -> str:
    return repr(shortened(redact_message(part.strip()), SHOWN))


RULE: Final = Rule(
    "cache-prefix",
    "prompts that differ early and share later content",
    PRACTICE,
    check,
)
