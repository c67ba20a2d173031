"""The mock's server with a mutant around its application."""

from starlette.types import Message, Receive, Scope, Send

from mock_electron.engine.lane import Lane
from mock_electron.serve.app import App
from mock_electron.serve.server import Server, _Uvicorn
from mutants.mutant import Answer, Headers, Mutant, Request


class MutantApp(App):
    """The mock's application, whose answers a mutant changes.

    Attributes:
        mutant: The mutant; None means the mock as it is.
        requests: The requests since `begin`.
        last: The last answer that the mutant changed since `begin`; None if the mutant did not
            affect the last request.
    """

    def __init__(self, default: Lane) -> None:
        super().__init__(default)
        self.begin(None)

    def begin(self, mutant: Mutant | None) -> None:
        """Begin a run with another mutant."""
        self.mutant = mutant
        self.requests: list[Request] = []
        self.last: Answer | None = None
        self._before: list[int] = []

    def remember_head(self, head: bytes, scope: Scope) -> None:
        """Remember no head, so that no request is answered without the mutant."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = await _read_request(scope, receive)
        self.requests.append(request)
        self.last = None
        mutant = self.mutant
        if mutant is None or not mutant.when(request):
            await self._forward(request, scope, receive, send)
            return
        request = mutant.request(request)
        if mutant.head_only:
            await self._forward(request, scope, receive, self._changing_head(mutant, send))
            return
        messages: list[Message] = []
        await self._forward(request, scope, receive, _collecting(messages))
        body = b"".join(message["body"] for message in messages[1:])
        await _send_answer(self._changed(mutant, messages[0], body), send)

    async def _forward(self, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the mock answer a request whose body has been read."""
        unread: list[Message] = [{"type": "http.request", "body": request.content}]

        async def receive_again() -> Message:
            return unread.pop() if unread else await receive()

        length = (b"content-length", b"%d" % len(request.content))
        headers = [*_without_length(request.headers), length]
        await super().__call__({**scope, "headers": headers}, receive_again, send)

    def _changing_head(self, mutant: Mutant, send: Send) -> Send:
        async def send_changed(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = self._changed(mutant, message, b"")
                message = {**message, "status": answer.status, "headers": answer.headers}
            await send(message)

        return send_changed

    def _changed(self, mutant: Mutant, start: Message, body: bytes) -> Answer:
        answer = Answer(start["status"], tuple(start["headers"]), body, tuple(self._before))
        self._before.append(answer.status)
        self.last = mutant.answer(answer)
        return self.last


class MutantServer(Server):
    """The mock's server, with a place for a mutant."""

    def __init__(self, lane: Lane) -> None:
        super().__init__(lane)
        self.mutants = MutantApp(lane)
        self.app = self.mutants
        self._uvicorn = _Uvicorn(self.mutants)


async def _read_request(scope: Scope, receive: Receive) -> Request:
    content, more = bytearray(), True
    while more:
        message = await receive()
        content += message.get("body", b"")
        more = message.get("more_body", False)
    return Request(scope["method"], scope["path"], tuple(scope["headers"]), bytes(content))


def _collecting(messages: list[Message]) -> Send:
    async def collect(message: Message) -> None:
        messages.append(message)

    return collect


async def _send_answer(answer: Answer, send: Send) -> None:
    length = (b"content-length", b"%d" % len(answer.body))
    headers = (*_without_length(answer.headers), length)
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def _without_length(headers: Headers) -> Headers:
    return tuple(header for header in headers if header[0] != b"content-length")
