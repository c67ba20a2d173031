"""`tool-descriptions`: tool definitions are read, and paid for, on every turn."""

from collections.abc import Callable
from typing import Any

from audit_traffic import Traffic, result, tool, user
from rows import each, each_of

from mock_electron.audit.catalogues import sentences

Talk = Callable[[Traffic], object]
LONG = "Return the weather. It is given for a city. The unit is always degrees Celsius."


def with_parameter(**schema: Any) -> dict[str, Any]:
    """A tool whose parameter has more keywords."""
    made = tool()
    made["function"]["parameters"]["properties"]["city"] |= schema
    return made


def many(count: int) -> list[dict[str, Any]]:
    return [
        tool(f"tool_{number}", f"Do the thing with number {number}.") for number in range(count)
    ]


def often(traffic: Traffic, tools: list[dict[str, Any]], times: int = 20) -> None:
    """Ask for the weather this many times, each time about another city."""
    for number in range(times):
        traffic.ask(f"How is the weather in Pune, street {number}?", tools=tools)


FOUND: dict[str, tuple[Talk, str, str]] = {
    "large": (lambda t: t.ask(tools=many(12)), "large", "12 tools take"),
    "large in a stream": (lambda t: t.ask(tools=many(12), stream=True), "large", "1 request"),
    "sentences": (lambda t: t.ask(tools=[tool(description=LONG)]), "sentences", "1 tool with"),
    "lines": (lambda t: t.ask(tools=[tool(description="Look it up.\n\nNever guess it.")]), "sentences", "1 tool with"),
    "examples": (lambda t: t.ask(tools=[with_parameter(examples=["Pune"])]), "examples", "1 tool with"),
    "examples in a definition": (lambda t: t.ask(tools=[with_parameter(**{"$defs": {"example": {"examples": ["Pune"]}}})]), "examples", "1 tool with"),
    "e.g.": (lambda t: t.ask(tools=[with_parameter(description="city, e.g. Pune")]), "examples", "1 tool with"),
    "eg": (lambda t: t.ask(tools=[with_parameter(description="city (eg: Pune)")]), "examples", "1 tool with"),
    "for example": (lambda t: t.ask(tools=[with_parameter(description="City. For example: Pune")]), "examples", "1 tool with"),
    "empty": (lambda t: t.ask(tools=[]), "empty", "1 request refused with 400"),
    "unused": (lambda t: often(t, [tool(), tool("play_music", "Play a song.")]), "unused", "never called: play_music"),
}  # fmt: skip


@each(FOUND)
def test_a_costly_definition_is_found(row: tuple[Talk, str, str]) -> None:
    """The finding has the figures; each kind is found once."""
    talk, kind, words = row
    traffic = Traffic()
    talk(traffic)
    verdict = traffic.verdict("tool-descriptions")
    assert verdict.outcome == "fail"
    (found,) = [one for one in verdict.findings if one.kind == kind]
    assert words in found.reason


NOT_FOUND: dict[str, tuple[Talk, str]] = {
    "one short tool": (lambda t: t.ask(tools=[tool()]), "pass"),
    "three short tools": (lambda t: t.ask(tools=many(2)), "pass"),
    "abbreviations": (lambda t: t.ask(tools=[tool(description="Return the weather of a city (approx. values, i.e. rounded).")]), "pass"),
    "a parameter called example": (lambda t: t.ask(tools=[with_parameter(properties={"example": {"type": "string"}})]), "pass"),
    "no examples": (lambda t: t.ask(tools=[with_parameter(examples=[])]), "pass"),
    "optional examples": (lambda t: t.ask(tools=[with_parameter(properties={"examples": {"anyOf": [{"type": "null"}]}})]), "pass"),
    "a default called example": (lambda t: t.ask(tools=[with_parameter(default={"example": 1}, enum=[{"examples": 1}])]), "pass"),
    "a docstring": (lambda t: t.ask(tools=[tool(description="Return the weather\n    of a city.")]), "pass"),
    "no tools": (lambda t: t.ask(), "not applicable"),
    "no description": (lambda t: t.ask(tools=[tool(description="")]), "pass"),
    "not valid": (lambda t: t.ask(tools="get_weather"), "not applicable"),
    "not used yet": (lambda t: often(t, [tool(), tool("play_music", "Play a song.")], 19), "pass"),
    "none is called": (lambda t: [t.ask(f"Hi {n}", tools=[tool(), tool("b")]) for n in range(25)], "pass"),
}  # fmt: skip


@each(NOT_FOUND)
def test_nothing_is_found(row: tuple[Talk, str]) -> None:
    """Short definitions pass, and a tool that could not be needed yet is not unused."""
    talk, outcome = row
    traffic = Traffic()
    talk(traffic)
    verdict = traffic.verdict("tool-descriptions")
    assert (verdict.outcome, verdict.findings) == (outcome, ())


def test_a_tool_that_is_named_is_needed() -> None:
    """A request that forces a tool shows that it is used, even if the reply is an error."""
    traffic = Traffic()
    tools = [tool(), tool("play_music", "Play a song.")]
    often(traffic, tools)
    named = {"type": "function", "function": {"name": "play_music"}}
    traffic.ask("Play it.", tools=tools, tool_choice=named, faults="fail=503")
    assert traffic.verdict("tool-descriptions").findings == ()


def test_a_tool_that_the_history_calls_is_needed() -> None:
    """A journal may begin after its call, or another model may have made it."""
    traffic = Traffic()
    tools = [tool(), tool("play_music", "Play a song.")]
    often(traffic, tools)
    played = {
        "id": "call_1",
        "type": "function",
        "function": {"name": "play_music", "arguments": "{}"},
    }
    calls = {"role": "assistant", "content": None, "tool_calls": [played]}
    traffic.ask([user("Play it."), calls, result("call_1")], tools=tools)
    assert traffic.verdict("tool-descriptions").findings == ()


def test_the_savings_of_examples_are_fresh_once_and_cached_later() -> None:
    """The tokens of the first request were fresh, those of later ones came from the cache."""
    traffic = Traffic()
    tools = [
        with_parameter(examples=["Pune", "Navi Mumbai"], description="the name of the city " * 4)
    ]
    messages = [user("How is the weather in Pune?")]
    said = traffic.ask(messages, tools=tools)
    traffic.ask([*messages, said, result(said["tool_calls"][0]["id"])], tools=tools)
    (found,) = traffic.verdict("tool-descriptions").findings
    assert [one.kind for one in found.savings] == ["fresh", "cached"]
    assert len({one.tokens for one in found.savings}) == 1


@each_of(
    [
        ("", 0),
        ("Return the weather", 1),
        ("Return the weather.", 1),
        ("Return it. Now!", 1),
        ("Return the weather. Use it often.", 2),
        ("Return 3.5 degrees. Use version 2.0 of it.", 2),
        ("Use the zone, e.g. IST.", 1),
        ("Price incl. tax of an item", 1),
        ("मौसम बताओ। शहर का नाम दो।", 2),
        ("First line here\nSecond line here", 2),
        ("Return the weather\n    of a city.", 1),
        (f"Return all {'very ' * 12}old flights that leave\nDelhi today.", 1),
        ("Return the weather.\n\nNever guess it.", 2),
        ("Return the U.S. weather of Mr. Rao Inc. for Rs. 500", 1),
        ("Book a slot at 9 a.m. on Jan. 5", 1),
        ("Return one of: open, closed... or unknown state", 1),
        ("Use version 2.0. Never use version 3.1.", 2),
        ("What does it do? It does this.", 2),
    ]
)
def test_sentences_are_counted(text: str, count: int) -> None:
    """An abbreviation and a number end no sentence; a line does."""
    assert sentences(text) == count
