"""Lines of requests for other paths, of refused content, and of requests that are not retries."""

import json
from typing import Any

import httpx
import pytest
from lanes import arrival, ask
from msgspec.structs import replace

from mock_electron import Electron, MockElectron, Settings
from mock_electron.engine.lane import Lane


def electron_with(**settings: Any) -> Electron:
    return Electron(Lane(Settings(**settings)), "http://mock")


def test_a_request_with_another_key_is_explained() -> None:
    """A failed assertion says that the next equal request has another API key."""
    electron = electron_with()
    electron.fail(503)
    ask(electron._lane)
    ask(electron._lane, key="sk_other")
    with pytest.raises(AssertionError, match="#1 is not a retry of #0: another API key"):
        electron.assert_retried(503)


def test_a_request_at_the_same_time_is_explained() -> None:
    """A failed assertion says that the next equal request did not wait for the failure."""
    electron = electron_with()
    electron.fail(503, times=2)
    for answer in [electron._lane.open(arrival()) for _ in range(2)]:
        electron._lane.close(answer, 1)
    with pytest.raises(AssertionError, match="#1 is not a retry of #0: it arrived before #0 ended"):
        electron.assert_retried(503)


def test_other_paths_keep_their_body() -> None:
    """The journal has the body of a request for another path, and its line has the size."""
    with MockElectron() as electron:
        sent = httpx.post(f"{electron.url}/chat/completions", json={"a": 1}, trust_env=False)
        (exchange,) = electron.other_requests
        assert sent.status_code == 404
        assert json.loads(exchange.body) == {"a": 1}
        assert f"POST /chat/completions, {len(exchange.body)} bytes" in str(exchange)
        assert exchange.to_dict()["request"] == {"a": 1}


def test_a_body_that_is_too_large_is_not_0_bytes() -> None:
    """The line has the announced size of a body that the journal does not keep."""
    with MockElectron(body_limit=100) as electron:
        for url in (f"{electron.base_url}/chat/completions", f"{electron.url}/other"):
            httpx.post(url, content=b"x" * 200, trust_env=False)
        shown = [str(exchange) for exchange in electron.exchanges.with_others]
    assert [", 200 bytes, not kept ->" in line for line in shown] == [True, True], shown


def test_a_list_of_models_is_in_its_line() -> None:
    """The line of a document begins with what was sent."""
    with MockElectron(list_models=True) as electron:
        key = {"Authorization": f"Bearer {electron.api_key}"}
        httpx.get(f"{electron.base_url}/models", headers=key, trust_env=False)
        (exchange,) = electron.other_requests
    assert " -> {" in str(exchange)
    assert '"object"' in str(exchange)


@pytest.mark.parametrize("kind", ["image_url", "input_audio"])
def test_a_part_that_is_not_text_is_named(kind: str) -> None:
    """The line of a refused content says which part is wrong."""
    electron = electron_with()
    content = [{"type": "text", "text": "Look!"}, {"type": kind, kind: {}}]
    messages = [{"role": "user", "content": content}]
    document = json.dumps({"model": "electron", "messages": messages}).encode()
    electron._lane.close(electron._lane.open(replace(arrival(), body=document)), 1)
    line = str(electron.exchanges.last)
    assert f"received array (part 1 is {kind}; only text parts)" in line


def test_other_arrays_have_no_parts() -> None:
    """The remark is about parts of a content, not about any array."""
    electron = electron_with()
    wrong: tuple[dict[str, Any], ...] = (
        {"temperature": [1]},
        {"max_tokens": []},
        {"stream": [{"a": 1}]},
    )
    for fields in wrong:
        answer = electron._lane.open(arrival(**fields))
        electron._lane.close(answer, 1)
    assert "part" not in str(electron.exchanges)
