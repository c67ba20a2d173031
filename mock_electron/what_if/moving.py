"""A text of the prompt that is moved to a later place, so that what precedes it can be cached.

The prompt begins with the tools, and the messages follow. The text is taken out of the tools and
the system messages; if it is in none of them, out of the first message that has it. It is put

- at the end of the system messages: requests of a conversation in which the text stays the same
  share all that follows it, too;
- or at the end of the prompt, as a system message of its own: right for a text that is different in
  each request, such as the time. The reply before it is not cached then, because the next prompt
  has other tokens in the place of the text.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

Wanted = str | re.Pattern[str]
"""The text, or a regular expression that finds it."""
Body = Mapping[str, Any]


def moved(body: Body, wanted: Wanted, *, last: bool) -> Body | None:
    """Return the body of a request with a text in its new place; None if it has no such text.

    Args:
        body: The body of a valid request.
        wanted: The text.
        last: Whether the new place is the end of the prompt. If not, it is the end of the system
            messages.
    """
    cut = _Cut(wanted)
    tools = [cut.out_of(tool) for tool in body.get("tools", ())]
    messages = [_without(m, cut) if m["role"] == "system" else m for m in body["messages"]]
    for index, message in enumerate(messages):
        if cut.found:
            break
        messages[index] = _without(message, cut)
    if not cut.found:
        return None
    changed = {**body, "messages": _with(messages, "\n".join(cut.found), last=last)}
    return {**changed, "tools": tools} if tools else changed


class _Cut:
    """Takes the text out of JSON values.

    Attributes:
        found: The texts that were taken out, each once.
    """

    def __init__(self, wanted: Wanted) -> None:
        self.found: list[str] = []
        self._wanted = wanted

    def out_of(self, value: Any) -> Any:
        """Return a JSON value without the text in any of its strings, except names of tools."""
        if isinstance(value, str):
            return self._out_of_text(value)
        if isinstance(value, list):
            return [self.out_of(item) for item in value]
        if isinstance(value, dict):
            return {k: v if k == "name" else self.out_of(v) for k, v in value.items()}
        return value

    def _out_of_text(self, text: str) -> str:
        wanted = self._wanted
        if isinstance(wanted, str):
            found = [wanted] if wanted in text else []
            left = text.replace(wanted, "")
        else:
            found = [match[0] for match in wanted.finditer(text)]
            left = wanted.sub("", text)
        self.found += [one for one in dict.fromkeys(found) if one and one not in self.found]
        return left


def _without(message: Body, cut: _Cut) -> Body:
    """Return a message without the text in its content."""
    content = message.get("content")
    if isinstance(content, list):
        parts = [{**part, "text": cut.out_of(part.get("text"))} for part in content]
        return {**message, "content": parts}
    return {**message, "content": cut.out_of(content)} if content else message


def _with(messages: Sequence[Body], text: str, *, last: bool) -> list[Body]:
    """Return the messages with the text in its new place."""
    system = next((n for n, one in enumerate(messages) if one["role"] != "system"), len(messages))
    if last or not system:
        return [*messages, {"role": "system", "content": text}]
    message = messages[system - 1]
    extended = _extended(message.get("content"), text)
    return [*messages[: system - 1], {**message, "content": extended}, *messages[system:]]


def _extended(content: Any, text: str) -> Any:
    if isinstance(content, list):
        return [*content, {"type": "text", "text": f"\n{text}"}]
    return f"{content or ''}\n{text}"
