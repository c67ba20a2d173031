"""Tests of which tools the pocket model calls, when it calls them, and when it stops."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pocket import called, calls, request, said, tool
from raw_http import user
from rows import each_of

from mock_electron.model.decide.clauses import clauses
from mock_electron.model.decide.scoring import score
from mock_electron.model.decide.spoken import Spoken
from mock_electron.model.language import ENGLISH
from mock_electron.wire import request as wire_request

WEATHER = tool("get_weather", "Get the current weather of a city", city="string")
ORDER = tool("lookup_order", "Look up an order by its id", order_id="string")
EMAIL = tool("send_email", "Send an email", to="string", body="string")
SEARCH = tool("search", "Search the web", query="string")
MUMBAI = ("get_weather", {"city": "Mumbai"})
DELHI = ("get_weather", {"city": "Delhi"})


def calls_for(text: str, tools: list[dict[str, Any]], **fields: Any) -> list[tuple[str, Any]]:
    """Return the calls that the model makes for a message."""
    return calls(request(text, tools=tools, **fields))


def names(text: str, tools: list[dict[str, Any]], **fields: Any) -> list[str]:
    """Return the names of the tools that the model calls for a message."""
    return [name for name, _ in calls_for(text, tools, **fields)]


def go_on(
    messages: list[dict[str, Any]], tools: list[dict[str, Any]], **fields: Any
) -> list[tuple[str, Any]]:
    """Return the calls that the model makes for a conversation."""
    return calls(request("", messages=messages, tools=tools, **fields))


# --- auto: which tool


ONE_TOOL = [
    ("What's the weather in Mumbai?", [MUMBAI]),
    ("Will I need an umbrella in Mumbai?", [MUMBAI]),
    ("Please use get_weather for Mumbai", [MUMBAI]),
    ("How hot is it in Mumbai?", [MUMBAI]),
    ("What is Mumbai's weather?", [MUMBAI]),
    ("what's the weather in mumbai", [("get_weather", {"city": "mumbai"})]),
    ("WHAT IS THE WEATHER IN MUMBAI?", [("get_weather", {"city": "mumbai"})]),
    ("Hi there!", []),
    ("Tell me a joke", []),
    ("What is the capital of France?", []),
    ("Without using any tools, what is the weather in Mumbai?", []),
]


@each_of(ONE_TOOL)
def test_a_tool_is_called_when_it_is_asked_for(message: str, expected: list[Any]) -> None:
    """A tool is called for its name, its words and their synonyms, and not for other messages."""
    assert calls_for(message, [WEATHER]) == expected


def test_the_best_of_several_tools_is_called() -> None:
    """The tool that fits best is called; of equal ones, the first."""
    assert names("Where is my order 17?", [WEATHER, ORDER]) == ["lookup_order"]
    assert names("What's the weather in Mumbai?", [ORDER, WEATHER]) == ["get_weather"]
    twins = [
        tool("alpha", "weather report today", city="string"),
        tool("beta", "weather report today", city="string"),
    ]
    assert names("A weather report for today in Rome", twins) == ["alpha"]


def test_a_tool_by_its_name() -> None:
    """A tool is called if its name appears as an identifier or in the notation of a call."""
    assert names("Use the tool lookup_order now, for 17", [WEATHER, ORDER]) == ["lookup_order"]
    f = tool("f", "", x="integer")
    assert calls_for("What is the value of f(3)?", [f, WEATHER]) == [("f", {"x": 3})]


def test_a_search_takes_any_question() -> None:
    """A search is called for a factual question that fits no other tool, and not for small talk."""
    assert names("Who is the president of Peru?", [SEARCH, WEATHER]) == ["search"]
    assert names("Hello!", [SEARCH, WEATHER]) == []


def test_a_tool_in_another_language() -> None:
    """A tool described in English is called for messages in other languages."""
    assert calls_for("मुंबई में मौसम कैसा है?", [WEATHER, ORDER]) == [("get_weather", {"city": "मुंबई"})]
    assert names("¿Dónde está mi pedido 17?", [WEATHER, ORDER]) == ["lookup_order"]


def test_a_handoff_to_an_agent_for_a_language() -> None:
    """The language of the message selects the agent for that language."""
    handoffs = [tool("transfer_to_french_agent"), tool("transfer_to_spanish_agent")]
    assert names("¡Hola! ¿Cómo estás hoy?", handoffs) == ["transfer_to_spanish_agent"]


# --- auto: singular and plural


PLURALS = [
    ("list_cities", "Which city do you cover?"),
    ("get_city", "Which cities do you cover?"),
    ("track_delivery", "Where are my deliveries?"),
    ("track_deliveries", "Where is my delivery?"),
    ("list_categories", "Which category is it in?"),
    ("get_category", "What are the categories?"),
    ("list_companies", "Which company is it?"),
    ("get_company", "Which companies are there?"),
    ("list_policies", "What is the policy?"),
    ("get_reply", "Are there any replies?"),
    ("list_batches", "Where is the batch?"),
    ("get_batch", "Where are the batches?"),
    ("list_boxes", "Which box is mine?"),
    ("get_box", "Where are the boxes?"),
    ("list_addresses", "What is my address?"),
    ("get_address", "What are my addresses?"),
    ("list_classes", "When is the class?"),
    ("get_class", "When are the classes?"),
    ("list_buses", "When is the bus?"),
    ("get_bus", "When are the buses?"),
    ("list_statuses", "What is the status of it?"),
    ("get_status", "What are the statuses?"),
    ("list_lenses", "Which lens fits?"),
    ("list_quizzes", "When is the quiz?"),
    ("get_quiz", "Which quizzes are open?"),
    ("list_movies", "Which movie is on?"),
    ("get_movie", "Which movies are on?"),
    ("list_menus", "Show the menu"),
    ("get_menu", "Show the menus"),
    ("list_invoices", "Where is my invoice?"),
    ("get_invoice", "Where are my invoices?"),
    ("list_orders", "Where is my order?"),
    ("get_order", "Where are my orders?"),
    ("list_appointments", "When is my appointment?"),
    ("get_price", "What are the prices?"),
    ("list_bookings", "When is my booking?"),
    ("get_booking", "What are my bookings?"),
    ("list_houses", "Which house is it?"),
    ("list_leaves", "How much leave is left?"),
    ("list_children", "Which child is it?"),
    ("get_analysis", "Where are the analyses?"),
    ("get_news", "Is there any news?"),
    ("list_ids", "What is my ID?"),
    ("list_faqs", "Show me the FAQs"),
    ("getSku", "Which SKUs are there?"),
    ("listCities", "Which city do you cover?"),
    ("ListCities", "Which city do you cover?"),
    ("list-cities", "Which city do you cover?"),
    ("LIST_CITIES", "WHICH CITY DO YOU COVER?"),
    ("track_delivery", "When will it be delivered?"),
]


@each_of(PLURALS)
def test_a_tool_is_called_in_singular_and_plural(name: str, message: str) -> None:
    """A noun in the tool's name matches the same noun in the message, whatever their number."""
    assert names(message, [tool(name)]) == [name]


NOT_MEANT = [
    ("list_cities", "He was cited twice"),
    ("list_parties", "Which part is broken?"),
    ("list_stories", "Is the store open?"),
    ("get_story", "Is the store open?"),
    ("get_policy", "Call the police"),
    ("list_policies", "Call the police"),
    ("book_bus", "Are you busy?"),
    ("list_movies", "I like to move"),
    ("get_news", "I have a new phone"),
    ("get_news", "I live in New York"),
    ("list_bookings", "Book a table"),
    ("report_abuse", "I live in Abu Dhabi"),
    ("raise_ticket", "Aishwarya Rai is an actress"),
    ("list_companies", "My companion is ill"),
    ("list_cities", "Hello, how are you?"),
    ("track_delivery", "Thanks so much!"),
    ("list_addresses", "Add two and two"),
]


@each_of(NOT_MEANT)
def test_a_tool_is_not_called_for_a_word_that_only_looks_alike(name: str, message: str) -> None:
    """Cutting endings does not lead from one word to another."""
    assert names(message, [tool(name)]) == []


NOUNS = st.from_regex(
    r"[b-df-hj-np-tv-z][aeiou](?:lder|nnet|rch|x|ss|mber|rry|zine|ndo)", fullmatch=True
)


@given(NOUNS, st.booleans())
def test_any_noun_is_found_in_singular_and_plural(noun: str, plural_name: bool) -> None:
    """A regular plural in the tool's name or in the message makes no difference."""
    if noun.endswith(("x", "ch", "ss")):
        plural = f"{noun}es"
    else:
        plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    named, said_noun = (plural, noun) if plural_name else (noun, plural)
    assert names(f"Which {said_noun} are there?", [tool(f"get_{named}")]) == [f"get_{named}"]


# --- auto: several calls


def test_several_calls_of_one_tool() -> None:
    """A part of a message that is only a name repeats the call before it."""
    assert calls_for("The weather in Mumbai and in Delhi?", [WEATHER]) == [MUMBAI, DELHI]
    assert calls_for("What's the weather in Mumbai, Delhi and Chennai?", [WEATHER])[1:] == [
        DELHI,
        ("get_weather", {"city": "Chennai"}),
    ]


def test_a_place_with_a_comma_is_one_place() -> None:
    """A place with its state, such as "San Francisco, CA", is one argument."""
    assert calls_for("What is the weather in San Francisco, CA?", [WEATHER]) == [
        ("get_weather", {"city": "San Francisco, CA"})
    ]


def test_two_needs_two_tools() -> None:
    """A message that needs two tools calls both in one turn."""
    assert names("What's the weather in Mumbai, and where is my order 17?", [WEATHER, ORDER]) == [
        "get_weather",
        "lookup_order",
    ]


def test_without_parallel_calls_one_follows_the_other() -> None:
    """Without parallel calls, each turn makes one call."""
    message = "The weather in Mumbai and in Delhi?"
    first = calls_for(message, [WEATHER], parallel_tool_calls=False)
    assert first == [MUMBAI]
    after = go_on(
        user(message) + called("get_weather", {"city": "Mumbai"}, "31"),
        [WEATHER],
        parallel_tool_calls=False,
    )
    assert after == [DELHI]


# --- chains


def test_a_chain_uses_the_result_of_the_call_before() -> None:
    """A call that needs an earlier result waits for it and uses it."""
    finder = tool("find_city", "Find the city of an order", order_id="string")
    message = "Find the city of order A17 and then tell me the weather there."
    assert calls_for(message, [WEATHER, finder]) == [("find_city", {"order_id": "A17"})]
    messages = user(message) + called("find_city", {"order_id": "A17"}, '{"city": "Pune"}')
    assert go_on(messages, [WEATHER, finder]) == [("get_weather", {"city": "Pune"})]
    messages += called("get_weather", {"city": "Pune"}, '{"temperature": 28}', 1)
    last = said(request("", messages=messages, tools=[WEATHER, finder]))
    assert last.calls == ()
    assert "28" in str(last.content)


def test_a_missing_id_is_found_first() -> None:
    """If an id is missing, the tool that finds it is called first."""
    user_id = tool("find_user", "Find a user by name", name="string")
    balance = tool("get_balance", "Get the balance of a user", user_id="string")
    message = "What is the balance of Anna?"
    assert names(message, [balance, user_id]) == ["find_user"]
    messages = user(message) + called("find_user", {"name": "Anna"}, '{"user_id": "u7"}')
    assert go_on(messages, [balance, user_id]) == [("get_balance", {"user_id": "u7"})]


def test_never_the_same_call_twice() -> None:
    """A repeated question is answered from the earlier result, without a new call."""
    messages = [
        *user("What's the weather in Mumbai?"),
        *called("get_weather", {"city": "Mumbai"}, '{"temperature": 31}'),
        {"role": "assistant", "content": "31"},
    ]
    again = said(
        request("", messages=messages + user("What's the weather in Mumbai?"), tools=[WEATHER])
    )
    assert again.calls == ()
    assert "31" in str(again.content)


@pytest.mark.parametrize("choice", ["auto", "none"])
def test_any_conversation_ends_in_words(choice: str) -> None:
    """However often tools answer, the model ends with text."""
    messages: list[dict[str, Any]] = user(
        "The weather in Mumbai, Delhi and Chennai, and order 17, and search the web for cats?"
    )
    tools = [WEATHER, ORDER, SEARCH, EMAIL]
    for turn in range(10):
        draft = said(request("", messages=messages, tools=tools, tool_choice=choice))
        if not draft.calls:
            assert draft.content
            return
        for number, (name, arguments) in enumerate(
            calls(request("", messages=messages, tools=tools))
        ):
            messages = messages + called(name, arguments, "done", 10 * turn + number)
    raise AssertionError("it never ended")


def test_a_follow_up_needs_what_the_last_message_did() -> None:
    """A follow-up such as "And what about Delhi?" repeats the last call with a new argument."""
    messages = [
        *user("What's the weather in Mumbai?"),
        *called("get_weather", {"city": "Mumbai"}, "31"),
        {"role": "assistant", "content": "31"},
    ]
    assert go_on(messages + user("And what about Delhi?"), [WEATHER]) == [DELHI]


# --- required and named


def test_required_calls_exactly_one() -> None:
    """With tool_choice required, exactly one tool is called, even if none fits or two are needed."""
    assert len(calls_for("Hi", [WEATHER, ORDER], tool_choice="required")) == 1
    assert calls_for(
        "The weather in Mumbai and in Delhi?", [ORDER, WEATHER], tool_choice="required"
    ) == [MUMBAI]


def test_required_takes_the_final_answer_last() -> None:
    """A tool that submits the answer is called after all others."""
    final = tool("final_result", "The final response", temperature="integer")
    message = "What's the weather in Mumbai?"
    assert names(message, [final, WEATHER], tool_choice="required") == ["get_weather"]
    messages = user(message) + called("get_weather", {"city": "Mumbai"}, '{"temperature": 31}')
    assert go_on(messages, [final, WEATHER], tool_choice="required") == [
        ("final_result", {"temperature": 31})
    ]


def test_named_calls_that_one_and_none_calls_none() -> None:
    """A named tool is called and `none` calls nothing, whatever fits."""
    named = {"type": "function", "function": {"name": "lookup_order"}}
    assert names("What's the weather in Mumbai?", [WEATHER, ORDER], tool_choice=named) == [
        "lookup_order"
    ]
    assert names("What's the weather in Mumbai?", [WEATHER, ORDER], tool_choice="none") == []


# --- parts and scores


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("turn it on, and then lock the door", ["turn it on", "lock the door"]),
        ("what time is it and where is my order", ["what time is it", "where is my order"]),
        ("the weather in Mumbai, Delhi and Pune", ["the weather in Mumbai, Delhi and Pune"]),
        ("a house with a garden, which is red", ["a house with a garden, which is red"]),
        ("San Francisco, CA", ["San Francisco, CA"]),
        ('say "go and send" now', ['say "go and send" now']),
        ("it is 3 ft. wide and 2.5 m long", ["it is 3 ft. wide and 2.5 m long"]),
        ("", []),
    ],
)
def test_clauses_of_a_message(text: str, cut: list[str]) -> None:
    """A message is cut at sentence ends, and where a command or a question follows an "and"."""
    assert [text[start:end] for start, end in clauses(text)] == cut


def test_a_tool_without_a_description_has_no_words() -> None:
    """A tool without a description or with malformed parameters scores 0 and raises nothing."""
    broken = {"type": "function", "function": {"name": "x_1", "parameters": {"properties": 5}}}
    [offered] = wire_request.parse_request(
        {"model": "electron", "messages": user("x"), "tools": [broken]}
    ).tools
    assert score(offered, Spoken("the weather", ENGLISH)) == 0
