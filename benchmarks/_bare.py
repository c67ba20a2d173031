"""The baseline: uvicorn with the mock's options and an application that sends a constant."""

import socket
import sys
from contextlib import suppress
from typing import Final

import uvicorn
from starlette.types import Receive, Scope, Send

REPLY: Final = (
    "On the question of the blue sky, a few simple causes work together. "
    "Let me know if you would like more detail."
)
BODY: Final = (
    '{"id":"chatcmpl-0123456789abcdef","object":"chat.completion","created":1740000000,'
    f'"model":"electron","choices":[{{"index":0,"message":{{"role":"assistant","content":"{REPLY}",'
    '"tool_calls":null},"finish_reason":"stop"}],"usage":{"prompt_tokens":26,'
    '"completion_tokens":25,"total_tokens":51,"prompt_tokens_details":{"cached_tokens":0}}}'
).encode()
HEADERS: Final = (
    (b"content-type", b"application/json; charset=utf-8"),
    (b"content-length", b"%d" % len(BODY)),
    (b"x-request-id", b"01234567-89ab-4cde-8f01-23456789abcd"),
)


async def application(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer every request with the constant."""
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})


def main() -> None:
    """Serve on the loopback port in the first argument, and print its address."""
    options = uvicorn.Config(
        application,
        http="httptools",
        loop="uvloop",
        ws="none",
        lifespan="off",
        interface="asgi3",
        access_log=False,
        log_config=None,
        proxy_headers=False,
        date_header=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    with socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=2048) as listening:
        print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        with suppress(KeyboardInterrupt):
            uvicorn.Server(options).run(sockets=[listening])


if __name__ == "__main__":
    main()
