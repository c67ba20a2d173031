"""`unsupported`: what requests contain that Electron rejects, or accepts without any effect."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from audit_traffic import Traffic, system, tool, user
from rows import each

from mock_electron import read_journal
from mock_electron.audit import audit
from mock_electron.audit.rules.unsupported import FEATURES

Talk = Callable[[Traffic], object]
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,"}}
SPEECH = {"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}
TEXT = {"type": "text", "text": "Hi"}
SCHEMA = {"type": "json_schema", "json_schema": {"name": "person", "schema": {}}}
FUNCTIONS = [{"name": "get_weather", "parameters": {}}]


def ask(messages: Any = "Hi", **fields: Any) -> Talk:
    return lambda traffic: traffic.ask(messages, **fields)


def parts(*given: Any) -> Talk:
    return ask([{"role": "user", "content": list(given)}])


FOUND: dict[str, tuple[Talk, list[str]]] = {
    "n": (ask(n=2), ["rejected/n"]),
    "n in a stream": (ask(n=3, stream=True), ["rejected/n"]),
    "prompt_logprobs": (ask(prompt_logprobs=1), ["rejected/prompt_logprobs"]),
    "prompt_logprobs 0": (ask(prompt_logprobs=0), ["rejected/prompt_logprobs"]),
    "developer": (
        ask([{"role": "developer", "content": "Be brief."}, user("Hi")]),
        ["rejected/messages[].role=developer"],
    ),
    "an image": (parts(TEXT, IMAGE), ["rejected/messages[].content=image_url"]),
    "speech": (parts(SPEECH), ["rejected/messages[].content=input_audio"]),
    "two images": (parts(IMAGE, IMAGE), ["rejected/messages[].content=image_url"]),
    "json_schema": (ask(response_format=SCHEMA), ["rejected/response_format=json_schema"]),
    "a custom tool": (ask(tools=[{"type": "custom"}]), ["rejected/tools=custom"]),
    "allowed tools": (
        ask(tools=[tool()], tool_choice={"type": "allowed_tools", "allowed_tools": {}}),
        ["rejected/tool_choice=allowed_tools"],
    ),
    "reasoning_effort": (ask(reasoning_effort="high"), ["ignored/reasoning_effort"]),
    "modalities": (
        ask(modalities=["text", "audio"], audio={"voice": "alloy", "format": "wav"}),
        ["ignored/audio", "ignored/modalities"],
    ),
    "prediction": (ask(prediction={"type": "content", "content": "x"}), ["ignored/prediction"]),
    "service_tier": (ask(service_tier="priority"), ["ignored/service_tier"]),
    "web search": (ask(web_search_options={}), ["ignored/web_search_options"]),
    "functions": (ask(functions=FUNCTIONS), ["ignored/functions"]),
    "several": (
        ask(n=2, reasoning_effort="low", response_format=SCHEMA),
        ["ignored/reasoning_effort", "rejected/n", "rejected/response_format=json_schema"],
    ),
}


@each(FOUND)
def test_a_field_is_found(row: tuple[Talk, list[str]]) -> None:
    """Each field has one finding, with the requests."""
    talk, ids = row
    traffic = Traffic()
    traffic.ask()
    talk(traffic)
    talk(traffic)
    findings = traffic.verdict("unsupported").findings
    assert sorted(one.id.removeprefix("unsupported/") for one in findings) == ids
    assert {one.exchanges for one in findings} == {(1, 2)}
    assert all("2 requests" in one.reason for one in findings)


@pytest.mark.parametrize(
    ("field", "severity"), [("n", "high"), ("functions", "medium"), ("audio", "low")]
)
def test_what_fails_weighs_most(field: str, severity: str) -> None:
    """A rejected request fails; ignored functions are never called; the rest is a risk."""
    assert FEATURES[field].severity == severity


NOT_FOUND: dict[str, tuple[Talk, str]] = {
    "nothing": (lambda t: None, "not applicable"),
    "plain": (ask(), "pass"),
    "n: 1": (ask(n=1), "pass"),
    "not JSON": (ask(body=b'{"n": 2'), "not applicable"),
    "a list": (ask(body=b'[{"n": 2}]'), "not applicable"),
    "text parts": (parts(TEXT, TEXT), "pass"),
    "json_object": (ask(response_format={"type": "json_object"}), "pass"),
    "what clients send": (
        ask(
            store=True,
            metadata={"id": "1"},
            prompt_cache_key="x",
            safety_identifier="y",
            parallel_tool_calls=True,
            max_completion_tokens=9,
            tools=[tool()],
            user="z",
        ),
        "pass",
    ),
    "values that ask for nothing": (
        ask(
            modalities=["text"],
            service_tier="auto",
            reasoning_effort="none",
            verbosity="medium",
            prediction=None,
            functions=[],
        ),
        "pass",
    ),
    "of the model server": (ask(top_k=5, min_p=0.1, repetition_penalty=1.1), "pass"),
    "every documented field": (
        ask(
            temperature=0,
            top_p=1,
            max_tokens=9,
            stream=True,
            stream_options={"include_usage": True},
            stop=["x"],
            seed=1,
            logit_bias={"1": 1},
            logprobs=True,
            top_logprobs=1,
            presence_penalty=0,
            frequency_penalty=0,
        ),
        "pass",
    ),
    "words in the text": (ask([system("n=2, developer"), user("image_url")]), "pass"),
    "a wrong value": (ask(temperature="hot"), "pass"),
    "a misspelled role": (ask([{"role": "assitant", "content": "Hi"}]), "pass"),
    "odd shapes": (ask(body=b'{"messages": {"role": []}, "tools": 3, "n": "2"}'), "pass"),
}


@each(NOT_FOUND)
def test_nothing_is_found(row: tuple[Talk, str]) -> None:
    """Harmless fields, wrong values of supported ones, and broken bodies are not listed."""
    talk, outcome = row
    traffic = Traffic()
    talk(traffic)
    verdict = traffic.verdict("unsupported")
    assert (verdict.outcome, verdict.findings) == (outcome, ())


def test_a_lane_may_accept_json_schema() -> None:
    """With `accept_json_schema`, its user says that Electron does."""
    traffic = Traffic(accept_json_schema=True)
    traffic.ask(response_format=SCHEMA)
    assert traffic.verdict("unsupported").outcome == "pass"


@each(FEATURES)
def test_each_repair_is_code(feature: Any) -> None:
    """Snippets compile."""
    compile(feature.snippet, "snippet", "exec")


def test_a_file_has_the_same_findings(tmp_path: Path) -> None:
    """Also of refused requests."""
    traffic = Traffic()
    for talk, _ in FOUND.values():
        talk(traffic)
    traffic.exchanges.save(tmp_path / "journal.jsonl")
    read = audit(read_journal(tmp_path / "journal.jsonl")["default"])
    assert read.verdicts["unsupported"] == traffic.verdict("unsupported")
    assert json.dumps(read.to_dict())
