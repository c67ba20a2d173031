"""Tools that change between requests, or come in another order: all that follows them is new."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from mock_electron.audit.evidence import Evidence
from mock_electron.engine.exchange import Exchange
from mock_electron.traffic.lines import counted
from mock_electron.wire import codec
from mock_electron.wire.request import ChatRequest

Member = tuple[Exchange, ChatRequest]


class ToolOrder(Struct, eq=False):
    """Requests that could offer the same tools in the same order.

    Attributes:
        changes: Whether the tools themselves differ, and not only their order.
        words: What differs.
        members: The requests in order of arrival, each with the tools that all could offer.
    """

    changes: bool
    words: str
    members: list[tuple[Member, list[Any]]]

    def repaired(self) -> Iterator[Member]:
        """Yield the exchanges, each with a request that offers the same tools as the others."""
        for (one, request), tools in self.members:
            yield one, replace(request, body={**request.body, "tools": tools})


class _Group(Struct, eq=False):
    """Requests with tools that are compared.

    Attributes:
        members: The requests.
        lists: The different lists of tools, by what was written.
    """

    members: list[Member] = field(default_factory=list)
    lists: dict[bytes, list[Any]] = field(default_factory=dict)

    @property
    def tools(self) -> Mapping[bytes, Any]:
        """All tools, in the order in which they were first offered."""
        return {codec.encode(tool): tool for tools in self.lists.values() for tool in tools}

    @property
    def changes(self) -> bool:
        """Whether other tools were offered, and not the same ones in another order."""
        return any(len(tools) < len(self.tools) for tools in self.lists.values())


def tool_orders(seen: Evidence) -> Iterator[ToolOrder]:
    """Yield the requests whose tools change in a conversation, or only in their order."""
    by_names: dict[tuple[str, frozenset[str]], _Group] = {}
    by_conversation: dict[int, _Group] = {}
    for one, request in seen.valid:
        if not request.tools or one.usage is None:
            continue
        names = frozenset(tool.name for tool in request.tools)
        written = codec.encode(request.body["tools"])
        for group in (
            by_names.setdefault((one.account, names), _Group()),
            by_conversation.setdefault(seen.begun[one.number], _Group()),
        ):
            group.members.append((one, request))
            group.lists.setdefault(written, request.body["tools"])
    ordered = [g for g in by_names.values() if len(g.lists) > 1 and not g.changes]
    changed = [g for g in by_conversation.values() if len(g.lists) > 1 and g.changes]
    if ordered:
        orders = max(len(group.lists) for group in ordered)
        yield ToolOrder(False, f"the same tools come in {orders} orders", _all(ordered))
    if changed:
        words = f"the tools change within {counted(len(changed), 'conversation')}"
        yield ToolOrder(True, words, _all(changed))


def _all(groups: Iterable[_Group]) -> list[tuple[Member, list[Any]]]:
    """Return the requests of several groups in order of arrival, with all tools of their group."""
    members: list[tuple[Member, list[Any]]] = []
    for group in groups:
        tools = list(group.tools.values())
        members += [(member, tools) for member in group.members]
    return sorted(members, key=lambda row: row[0][0].number)
