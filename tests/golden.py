"""Golden exchanges: each file in `fixtures/wire/` has a request and the exact answer to it.

    python tests/golden.py      rewrites the answers; review the diff before committing

An exchange has the lane's `settings`, a `script`, the `request` (method, path, headers and body)
and the `answer` (status, headers and body). The body of a request is JSON, or text if it is
malformed. The body of an answer is text. `why` states what the exchange proves.
"""

import json
from pathlib import Path
from typing import Any

from mock_electron import Call, Settings
from mock_electron.engine.arrival import Arrival
from mock_electron.engine.faults.replacement import Fail, fail
from mock_electron.engine.lane import Lane
from mock_electron.engine.ready import AnyAnswer
from mock_electron.engine.script.step import Step
from mock_electron.model.draft import Draft
from mock_electron.wire import codec

DIRECTORY = Path(__file__).parent.parent / "fixtures" / "wire"
EXCHANGES = sorted(DIRECTORY.glob("*.json"))

CHAT_PATH = "/waves/v1/chat/completions"


def read(path: Path) -> dict[str, Any]:
    """Read one golden exchange."""
    exchange: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return exchange


def lane(exchange: dict[str, Any]) -> Lane:
    """Return a lane with the settings and the script of an exchange."""
    new_lane = Lane(Settings.of(**exchange.get("settings", {})))
    for step in exchange.get("script", []):
        new_lane.add(Step(_scripted(step)))
    return new_lane


def arrival(exchange: dict[str, Any]) -> Arrival:
    """Return the request of an exchange as the lane receives it."""
    request = exchange["request"]
    body = request.get("body", "")
    return Arrival(
        request.get("method", "POST"),
        request.get("path", CHAT_PATH),
        request.get("authorization", "Bearer sk_mock"),
        request.get("content_type", "application/json"),
        body.encode() if isinstance(body, str) else codec.encode(body),
    )


def answered(answer: AnyAnswer) -> dict[str, Any]:
    """Return an answer in the format of the files."""
    headers = {name.decode(): value.decode() for name, value in answer.headers}
    return {
        "status": answer.status,
        "headers": headers,
        "body": b"".join(answer.frames).decode(),
    }


def _scripted(step: dict[str, Any]) -> Draft | Fail:
    if "fail" in step:
        return fail(step["fail"])
    calls = tuple(Call(call["name"], call["arguments"]) for call in step.get("calls", []))
    return Draft(step.get("says"), calls)


def _update(path: Path) -> None:
    exchange = read(path)
    exchange["answer"] = answered(lane(exchange).open(arrival(exchange)))
    path.write_text(json.dumps(exchange, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    for file in EXCHANGES:
        _update(file)
