"""Which exchanges belong to one conversation."""

from collections.abc import Iterator
from functools import partial
from itertools import count

from audit_traffic import Traffic, result, system, tool, user
from call_count import counted

from mock_electron.traffic.conversations import Conversations, conversations_of


def found(traffic: Traffic) -> Conversations:
    return conversations_of(traffic.exchanges)


def numbers(conversations: Conversations) -> list[list[int]]:
    return [[one.number for one in each.exchanges] for each in conversations.all]


def test_a_growing_history_is_one_conversation() -> None:
    """Each request continues the one whose messages it repeats."""
    traffic = Traffic()
    messages = [system("Be kind."), user("Hi")]
    for text in ("And then?", "Thanks"):
        messages += [traffic.ask(messages), user(text)]
    traffic.ask(messages)
    assert numbers(found(traffic)) == [[0, 1, 2]]
    assert found(traffic).parents == {0: None, 1: 0, 2: 1}


def test_two_callers_with_the_same_greeting_are_two_conversations() -> None:
    """Equal first requests begin two conversations, and each reply is continued once."""
    traffic = Traffic()
    first = [system("Be kind."), user("Hi")]
    one, two = traffic.ask(first), traffic.ask(first)
    traffic.ask([*first, one, user("Book a table.")])
    traffic.ask([*first, two, user("Cancel my order.")])
    assert numbers(found(traffic)) == [[0, 2], [1, 3]]


def test_a_retry_belongs_to_the_conversation() -> None:
    """All attempts of a turn continue the same exchange."""
    traffic = Traffic()
    first = [user("Hi")]
    said = traffic.ask(first)
    second = [*first, said, user("And then?")]
    traffic.ask(second, faults="fail=503")
    again = traffic.ask(second)
    traffic.ask([*second, again, user("Thanks")])
    assert traffic.exchanges[2].retry_of == 1
    assert found(traffic).parents == {0: None, 1: 0, 2: 0, 3: 2}
    assert numbers(found(traffic)) == [[0, 1, 2, 3]]


def test_a_retried_first_request_begins_one_conversation() -> None:
    """The failed attempt and its retry belong together."""
    traffic = Traffic()
    traffic.ask([user("Hi")], faults="fail=503")
    said = traffic.ask([user("Hi")])
    traffic.ask([user("Hi"), said, user("Thanks")])
    assert numbers(found(traffic)) == [[0, 1, 2]]


def test_an_interrupted_reply_may_be_cut_or_left_out() -> None:
    """A history with a part of the reply, or without it, continues the same conversation."""
    traffic = Traffic()
    first = [user("Tell me a story.")]
    traffic.ask(first, stream=True, sent=2)
    traffic.ask([*first, {"role": "assistant", "content": "Once"}, user("Stop.")])
    traffic.ask([*first, user("Stop, please.")])
    assert found(traffic).parents == {0: None, 1: 0, 2: 0}


def test_a_shortened_history_is_recognised_by_its_latest_words() -> None:
    """A client that drops the oldest messages continues the conversation."""
    traffic = Traffic()
    messages = [system("Be kind."), user("Hi")]
    messages += [traffic.ask(messages), user("What about the second one?")]
    said = traffic.ask(messages)
    traffic.ask([system("Be kind."), messages[-1], said, user("Good.")])
    assert found(traffic).parents == {0: None, 1: 0, 2: 1}


def test_a_changed_history_is_recognised_by_its_call() -> None:
    """The id of a call is that of one exchange, whatever surrounds it."""
    traffic = Traffic()
    messages = [user("How is the weather in Pune?")]
    said = traffic.ask(messages, tools=[tool()])
    call_id = said["tool_calls"][0]["id"]
    other = [system("You are a bot."), user("weather in Pune"), said, result(call_id)]
    traffic.ask(other, tools=[tool()])
    assert found(traffic).parents == {0: None, 1: 0}


def test_accounts_are_apart() -> None:
    """A request with another key begins a conversation of its own."""
    traffic = Traffic()
    first = [user("Hi")]
    said = traffic.ask(first)
    traffic.ask([*first, said, user("Thanks")], key="sk_other")
    assert numbers(found(traffic)) == [[0], [1]]


def test_a_request_that_is_not_valid_belongs_to_none() -> None:
    """It has no messages."""
    traffic = Traffic()
    traffic.ask(temperature="hot")
    traffic.ask()
    assert numbers(found(traffic)) == [[1]]
    assert found(traffic).parents == {1: None}


def numbered(replies: Iterator[int], _: object) -> str:
    """Another reply to each request."""
    return f"Hello {next(replies)}!"


def test_many_callers_with_the_same_greeting_cost_the_same_each() -> None:
    """Twice as many take twice as many function calls, and not four times."""
    counts = []
    for callers in (60, 120):
        traffic = Traffic()
        traffic.lane.respond_with(partial(numbered, count()))
        first = [system("Be kind."), user("Hi")]
        said = [traffic.ask(first) for _ in range(callers)]
        for number in reversed(range(callers)):
            traffic.ask([*first, said[number], user(f"Question {number}")])
        exchanges = traffic.exchanges
        requests = {one.number: one.request for one in exchanges}
        conversations, calls = counted(conversations_of, exchanges, requests)
        assert len(conversations.all) == callers
        counts.append(calls)
    assert counts[1] < 2.2 * counts[0]
