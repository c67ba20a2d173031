"""The wrapper: the mock's application with a mutant around it."""

import asyncio

from starlette.types import Message, Receive, Scope, Send

from mock_electron.engine.lane import Lane
from mock_electron.serve.app import App
from mock_electron.serve.server import Server, _Uvicorn
from mutants.mutant import Answer, Asked, Headers, Mutant


class MutantGateway(App):
    """The mock, but for what a mutant breaks.

    mutant: the one that is about; None: the mock as it is. heard: what was asked since `begin`.
    """

    def __init__(self, default: Lane) -> None:
        super().__init__(default)
        self.begin(None)

    def begin(self, mutant: Mutant | None) -> None:
        """Begin a run."""
        self.mutant = mutant
        self.heard: list[Asked] = []
        self._before: list[int] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = await _read(scope, receive)
        self.heard.append(asked)
        mutant = self.mutant
        if mutant is None or not mutant.when(asked):
            await self._forward(asked, scope, receive, send)
            return
        asked = mutant.asked(asked)
        if mutant.at_once:
            await self._forward(asked, scope, receive, self._changing_heads(mutant, send))
            return
        got: list[Message] = []
        await self._forward(asked, scope, receive, _into(got))
        body = b"".join(message["body"] for message in got[1:])
        await _deliver(self._changed(mutant, got[0], body), send)

    async def _forward(self, asked: Asked, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the mock answer this request, the body of which has been read."""
        unread: list[Message] = [{"type": "http.request", "body": asked.content}]

        async def receive_again() -> Message:
            return unread.pop() if unread else await receive()

        length = (b"content-length", b"%d" % len(asked.content))
        headers = [*_without_length(asked.headers), length]
        await super().__call__({**scope, "headers": headers}, receive_again, send)

    def _changing_heads(self, mutant: Mutant, send: Send) -> Send:
        async def send_changed(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = self._changed(mutant, message, b"")
                message = {**message, "status": answer.status, "headers": answer.headers}
            await send(message)

        return send_changed

    def _changed(self, mutant: Mutant, start: Message, body: bytes) -> Answer:
        answer = Answer(start["status"], tuple(start["headers"]), body, tuple(self._before))
        self._before.append(answer.status)
        return mutant.answer(answer)


class MutantServer(Server):
    """The mock's server, with mutants in it."""

    def __init__(self, lane: Lane) -> None:
        super().__init__(lane)
        self.mutants = MutantGateway(lane)
        self.app = self.mutants
        self._uvicorn = _Uvicorn(self.mutants)


async def _read(scope: Scope, receive: Receive) -> Asked:
    content, more = bytearray(), True
    while more:
        message = await receive()
        content += message.get("body", b"")
        more = message.get("more_body", False)
    return Asked(scope["method"], scope["path"], tuple(scope["headers"]), bytes(content))


def _into(got: list[Message]) -> Send:
    async def keep(message: Message) -> None:
        got.append(message)

    return keep


async def _deliver(answer: Answer, send: Send) -> None:
    await asyncio.sleep(answer.pause)
    headers = _without_length(answer.headers)
    parts = [answer.body]
    if answer.between:
        parts = [event + b"\n\n" for event in answer.body.split(b"\n\n")[:-1]]
    else:
        headers = (*headers, (b"content-length", b"%d" % len(answer.body)))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    for part in parts:
        await send({"type": "http.response.body", "body": part, "more_body": True})
        await asyncio.sleep(answer.between)
    await send({"type": "http.response.body", "body": b""})


def _without_length(headers: Headers) -> Headers:
    return tuple(header for header in headers if header[0] != b"content-length")
