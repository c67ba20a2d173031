"""Servers that are not Electron: a bare OpenAI-like stub, and servers that send any bytes.

The bare stub is what many projects write for their tests: it answers everything with a fixed text
and checks nothing.
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
class StubRequest:
    """A request as a stub reads it.

    Attributes:
        method: HTTP method.
        path: Path.
        content: Body.
    """

    method: str
    path: str
    content: bytes

    @property
    def body(self) -> dict[str, Any]:
        """The JSON object in the body, or an empty one."""
        try:
            found = json.loads(self.content)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


PAUSE = 0.01
"""Seconds between two pieces of a response that never ends."""
Stub = Callable[[StubRequest], bytes]


def bare(request: StubRequest) -> bytes:
    """Answer as an OpenAI-like stub does."""
    if (request.method, request.path) != ("POST", CHAT):
        return http(404, json.dumps({"error": {"message": "Not found", "code": 404}}))
    if request.body.get("stream"):
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
    """Return a response.

    Args:
        status: Status code.
        body: Body.
        kind: Media type of the body.
        more: Further header lines.
    """
    content = body.encode() if isinstance(body, str) else body
    lines = (f"content-type: {kind}", f"content-length: {len(content)}", "connection: close", *more)
    head = "\r\n".join((f"HTTP/1.1 {status} X", *lines))
    return head.encode("latin-1") + b"\r\n\r\n" + content


@contextmanager
def served(stub: Stub, *, hang: bool = False, drips: bytes = b"") -> Iterator[str]:
    """Start a server, and yield its base URL.

    Args:
        stub: Returns the bytes of a response.
        hang: Keep the connection open after the response.
        drips: Bytes to send again and again after the response.
    """

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            request = _read_request(self)
            if request is None:
                return
            self.wfile.write(stub(request))
            while drips:
                self.wfile.write(drips)
                time.sleep(PAUSE)
            if hang:
                self.rfile.read(1)  # until the client disconnects

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
        """Ignore clients that disconnect."""


def _read_request(handler: socketserver.StreamRequestHandler) -> StubRequest | None:
    line = handler.rfile.readline().decode("latin-1")
    if not line:
        return None
    length = 0
    while header := handler.rfile.readline().strip():
        name, _, text = header.partition(b":")
        length = int(text) if name.lower() == b"content-length" else length
    method, path, _ = line.split()
    return StubRequest(method, path, handler.rfile.read(length))
