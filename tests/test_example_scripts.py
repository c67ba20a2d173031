"""The worked examples in fixtures/: each is right, and each story plays through, strictly."""

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
    """A small agent: it keeps its history, and gives every call its result."""

    def __init__(self, client: OpenAI, results: dict[str, str]) -> None:
        self.client = client
        self.results = results
        self.messages: Messages = []

    def hear(self, text: str) -> str:
        """What is said in the end."""
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


def test_all_examples_are_right() -> None:
    """As CI would check them, and there are some."""
    assert len(EXAMPLES) >= 4
    result = CliRunner().invoke(cli, ["check", *map(str, EXAMPLES)])
    assert (result.exit_code, result.output.count("\n")) == (0, len(EXAMPLES))


def test_editors_find_the_schema_beside_them() -> None:
    """fixtures/script.schema.json is what `mock-electron schema` prints."""
    printed = CliRunner().invoke(cli, ["schema"]).output
    assert (FIXTURES / "script.schema.json").read_text(encoding="utf-8") == printed
    assert json.loads(printed) == SCHEMA
    for example in EXAMPLES:
        first = example.read_text(encoding="utf-8").partition("\n")[0]
        assert first == "# yaml-language-server: $schema=script.schema.json"


@pytest.mark.electron(strict=True, script="fixtures/weather.yaml")
def test_the_weather_agent(electron: Electron, client: OpenAI) -> None:
    """Filler, call, result, answer; a tool that fails; good manners."""
    agent = Agent(client, {"get_weather": "31 °C"})
    assert agent.hear("How is the weather in Mumbai?") == "It is 31 °C and humid in Mumbai."
    agent.results["get_weather"] = '{"error": "timeout"}'
    assert agent.hear("And the weather now?") == "I cannot reach the weather service just now."
    assert agent.hear("Thanks!") == "You are welcome."
    assert electron.exchanges.texts[0] == "Let me check that for you…"
    electron.assert_tool_results_answered()


@pytest.mark.electron(strict=True, script="fixtures/order-desk.yaml")
def test_the_order_desk(electron: Electron, client: OpenAI) -> None:
    """In Hindi: out of stock, in stock, a tool that fails, and at the second attempt the order."""
    agent = Agent(client, {"check_stock": '{"available": false}', "place_order": '{"error": 500}'})
    assert agent.hear("मुझे दो पैकेट चाय चाहिए") == "क्षमा कीजिए, चाय अभी उपलब्ध नहीं है।"
    agent.results["check_stock"] = '{"available": true}'
    assert "क्या मैं ऑर्डर कर दूँ?" in agent.hear("फिर भी दो पैकेट चाय चाहिए")
    assert "ऑर्डर नहीं हो पाया" in agent.hear("हाँ, कर दीजिए")
    agent.results["place_order"] = '{"id": 7}'
    assert agent.hear("हाँ, फिर से कीजिए") == "आपका ऑर्डर हो गया है। और कुछ?"
    electron.assert_called(times=2, tool="place_order")
    electron.assert_tool_results_answered()


def test_where_is_no_yes(electron: Electron, client: OpenAI) -> None:
    """The order desk orders nothing for कहाँ, in which हाँ stands."""
    electron.load("fixtures/order-desk.yaml")
    agent = Agent(client, {"check_stock": "", "place_order": ""})
    agent.hear("दुकान कहाँ है?")
    assert electron.exchanges.where(step=4) == ()
    agent.hear("हाँ")
    assert len(electron.exchanges.where(step=4)) == 1


@pytest.mark.electron(strict=True, script="fixtures/flaky-upstream.yaml")
def test_the_flaky_upstream(electron: Electron, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that retries comes through the first four; the broken stream it has to see itself."""
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
    """The user interrupts; the client leaves soon, and the next question is answered."""
    messages: Messages = user("Tell me a story")
    story = client.chat.completions.create(model="electron", messages=messages, stream=True)
    heard = [next(story) for _ in range(3)]
    electron.barge_in()
    story.close()
    said = "".join(chunk.choices[0].delta.content or "" for chunk in heard)
    messages += [{"role": "assistant", "content": said}, *user("Please stop")]
    answer = client.chat.completions.create(model="electron", messages=messages)
    assert answer.choices[0].message.content == "All right."
    electron.assert_cancelled(within_chunks=5)
    assert electron.exchanges[0].chunks_left > 10
