"""The example scripts in fixtures/: each is valid, and answers its whole conversation in a strict lane."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openai import APIConnectionError, OpenAI
from raw_http import user

from mock_electron import Electron
from mock_electron.cli.app import cli
from mock_electron.scripts.schema import SCHEMA

FIXTURES = Path(__file__).parent.parent / "fixtures"
EXAMPLES = sorted(FIXTURES.glob("*.yaml"))

Messages = list[Any]


def tools(*names: str) -> list[Any]:
    return [{"type": "function", "function": {"name": name}} for name in names]


@pytest.fixture
def client(electron: Electron) -> OpenAI:
    return OpenAI(base_url=electron.base_url, api_key=electron.api_key)


class Agent:
    """A small agent that keeps its history and answers every tool call with a fixed result."""

    def __init__(self, client: OpenAI, results: dict[str, str]) -> None:
        self.client = client
        self.results = results
        self.messages: Messages = []

    def ask(self, text: str) -> str:
        """Send a user message, run the tools that are called, and return the final text."""
        self.messages += user(text)
        while True:
            reply = self.client.chat.completions.create(
                model="electron", messages=self.messages, tools=tools(*self.results)
            )
            message = reply.choices[0].message
            self.messages.append(message.model_dump(exclude_none=True))
            if not message.tool_calls:
                return message.content or ""
            for call in message.tool_calls:
                assert call.type == "function"
                content = self.results[call.function.name]
                self.messages.append({"role": "tool", "tool_call_id": call.id, "content": content})


def test_all_examples_are_valid() -> None:
    """`mock-electron check` accepts all of them."""
    assert len(EXAMPLES) >= 4
    result = CliRunner().invoke(cli, ["check", *map(str, EXAMPLES)])
    assert (result.exit_code, result.output.count("\n")) == (0, len(EXAMPLES))


def test_the_examples_name_their_schema_for_editors() -> None:
    """fixtures/script.schema.json is byte for byte what `mock-electron schema` prints."""
    printed = CliRunner().invoke(cli, ["schema"]).output
    assert (FIXTURES / "script.schema.json").read_text(encoding="utf-8") == printed
    assert json.loads(printed) == SCHEMA
    for example in EXAMPLES:
        first = example.read_text(encoding="utf-8").partition("\n")[0]
        assert first == "# yaml-language-server: $schema=script.schema.json"


@pytest.mark.electron(strict=True, script="fixtures/weather.yaml")
def test_the_weather_agent(electron: Electron, client: OpenAI) -> None:
    """It calls the tool and gives its result, reports a failed tool, and answers thanks."""
    agent = Agent(client, {"get_weather": "31 °C"})
    assert agent.ask("How is the weather in Mumbai?") == "It is 31 °C and humid in Mumbai."
    agent.results["get_weather"] = '{"error": "timeout"}'
    assert agent.ask("And the weather now?") == "I cannot reach the weather service just now."
    assert agent.ask("Thanks!") == "You are welcome."
    assert electron.exchanges.texts[0] == "Let me check that for you…"
    electron.assert_tool_results_answered()


@pytest.mark.electron(strict=True, script="fixtures/order-desk.yaml")
def test_the_order_desk(electron: Electron, client: OpenAI) -> None:
    """It covers out of stock, in stock, a failed order, and a successful second attempt."""
    agent = Agent(client, {"check_stock": '{"available": false}', "place_order": '{"error": 500}'})
    assert agent.ask("मुझे दो पैकेट चाय चाहिए") == "क्षमा कीजिए, चाय अभी उपलब्ध नहीं है।"
    agent.results["check_stock"] = '{"available": true}'
    assert "क्या मैं ऑर्डर कर दूँ?" in agent.ask("फिर भी दो पैकेट चाय चाहिए")
    assert "ऑर्डर नहीं हो पाया" in agent.ask("हाँ, कर दीजिए")
    agent.results["place_order"] = '{"id": 7}'
    assert agent.ask("हाँ, फिर से कीजिए") == "आपका ऑर्डर हो गया है। और कुछ?"
    electron.assert_called(times=2, tool="place_order")
    electron.assert_tool_results_answered()


def test_the_order_desk_takes_only_a_yes_for_a_yes(electron: Electron, client: OpenAI) -> None:
    """It orders nothing for कहाँ ("where"), which contains हाँ ("yes")."""
    electron.load("fixtures/order-desk.yaml")
    agent = Agent(client, {"check_stock": "", "place_order": ""})
    agent.ask("दुकान कहाँ है?")
    assert electron.exchanges.where(step=4) == ()
    agent.ask("हाँ")
    assert len(electron.exchanges.where(step=4)) == 1


@pytest.mark.electron(strict=True, script="fixtures/flaky-upstream.yaml")
def test_the_flaky_upstream(electron: Electron, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client with retries survives the first four answers, but not the broken stream."""
    monkeypatch.setattr(time, "sleep", electron.clock.advance)
    client = OpenAI(base_url=electron.base_url, api_key=electron.api_key, max_retries=4)
    messages: Messages = user("Is the road open?")
    with pytest.raises(APIConnectionError):
        list(client.chat.completions.create(model="electron", messages=messages, stream=True))
    reply = client.chat.completions.create(model="electron", messages=messages)
    assert reply.choices[0].message.content == "The road to Pune is closed."
    electron.assert_retried(503, times=2, min_pause=0.25)
    electron.assert_retried("rate_limit", times=1, min_pause=1)
    electron.assert_retried("reset")
    assert [exchange.status for exchange in electron.exchanges] == [503, 503, 429, 0, 200, 200]


@pytest.mark.electron(strict=True, script="fixtures/barge-in.yaml", clock="real")
def test_the_barge_in(electron: Electron, client: OpenAI) -> None:
    """The client disconnects soon after the user interrupts, and the next question is answered."""
    messages: Messages = user("Tell me a story")
    story = client.chat.completions.create(model="electron", messages=messages, stream=True)
    chunks = [next(story) for _ in range(3)]
    electron.barge_in()
    story.close()
    spoken = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    messages += [{"role": "assistant", "content": spoken}, *user("Please stop")]
    answer = client.chat.completions.create(model="electron", messages=messages)
    assert answer.choices[0].message.content == "All right."
    electron.assert_cancelled(within_chunks=5)
    assert electron.exchanges[0].chunks_left > 10
