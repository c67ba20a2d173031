"""Endpoints that are no Electron: a bare OpenAI-like stub, and nastier ones.

The bare one is what many a project writes for its tests: a fixed text as the answer to everything,
nothing checked, and nothing known of Electron. The nastier ones answer any bytes, or none.
"""

import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

CHAT = "/v1/chat/completions"
TEXT = "Hello! How can I help you today?"
HEAD = {"id": "chatcmpl-123", "created": 1700000000, "model": "gpt-4o-mini"}
USAGE = {"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 30}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as a stub reads it."""

    method: str
    path: str
    content: bytes

    @property
    def body(self) -> dict[str, Any]:
        try:
            found = json.loads(self.content)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


PAUSE = 0.01
"""Seconds between two drips."""
Stub = Callable[[Asked], bytes]


def bare(asked: Asked) -> bytes:
    """What an OpenAI-like stub answers."""
    if (asked.method, asked.path) != ("POST", CHAT):
        return http(404, json.dumps({"error": {"message": "Not found", "code": 404}}))
    if asked.body.get("stream"):
        return http(200, "".join(f"data: {event}\n\n" for event in _events()), "text/event-stream")
    message = {"role": "assistant", "content": TEXT}
    choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
    reply = HEAD | {"object": "chat.completion", "choices": choices, "usage": USAGE}
    return http(200, json.dumps(reply))


def _events() -> Iterator[str]:
    for word in TEXT.split(" "):
        yield _chunk({"role": "assistant", "content": f"{word} "})
    yield _chunk({}, "stop")
    yield "[DONE]"


def _chunk(delta: Any, finish: str | None = None) -> str:
    choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
    return json.dumps(HEAD | {"object": "chat.completion.chunk", "choices": choices})


def http(status: int, body: str | bytes, kind: str = "application/json", *more: str) -> bytes:
    """An answer. more: further headers."""
    content = body.encode() if isinstance(body, str) else body
    lines = (f"content-type: {kind}", f"content-length: {len(content)}", "connection: close", *more)
    head = "\r\n".join((f"HTTP/1.1 {status} X", *lines))
    return head.encode("latin-1") + b"\r\n\r\n" + content


@contextmanager
def served(stub: Stub, *, hang: bool = False, drips: bytes = b"") -> Iterator[str]:
    """The base URL of a stub that answers.

    hang: it leaves its answers open. drips: what it adds to them again and again.
    """

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            asked = _read(self)
            if asked is None:
                return
            self.wfile.write(stub(asked))
            while drips:
                self.wfile.write(drips)
                time.sleep(PAUSE)
            if hang:
                self.rfile.read(1)  # until the client leaves

    with _Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        finally:
            server.shutdown()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that left is none of the stub's business."""


def _read(handler: socketserver.StreamRequestHandler) -> Asked | None:
    line = handler.rfile.readline().decode("latin-1")
    if not line:
        return None
    length = 0
    while header := handler.rfile.readline().strip():
        name, _, text = header.partition(b":")
        length = int(text) if name.lower() == b"content-length" else length
    method, path, _ = line.split()
    return Asked(method, path, handler.rfile.read(length))
