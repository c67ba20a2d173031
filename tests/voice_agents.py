"""Voice agents of different care, for searches of faults: each takes a fake."""

import json
from collections.abc import Iterator
from typing import Any, Final

import httpx2
from msgspec import Struct
from openai import APIError, APIStatusError, OpenAI

from mock_electron import Electron, TrialOutcome, TrialRun, call

TOOLS: Final[list[Any]] = [
    {"type": "function", "function": {"name": "book", "parameters": {"type": "object"}}}
]
ASKED: Final = {"role": "user", "content": "Book a table in Pune"}
ANSWER: Final = "Your table is booked."


def script(electron: Electron) -> None:
    """Script a call of a tool, and the answer after its result."""
    electron.reply(call("book", city="Pune"), filler="One moment.")
    electron.reply(ANSWER)


def booked_twice(run: TrialRun) -> TrialOutcome | None:
    """Judge a run by the calls of its tool."""
    is_twice = run.returned is not None and len(run.returned[1]) > 1
    return "side effect twice" if is_twice else None


class Agent(Struct, frozen=True):
    """An agent with a tool that must not run twice. The defaults are those of a careless one.

    Attributes:
        timeout: Seconds for which the client waits, or None for its default.
        needs_finish: Whether a stream without a finish reason is an error.
        swallows: Whether an error of the API is taken for the end of a stream.
        restarts: Whether it begins the conversation again after an error.
        checks_arguments: Whether arguments that are not JSON are an error.
        repeats: Whether it sends a request again after an error, at most twice.
    """

    timeout: float | None = None
    needs_finish: bool = False
    swallows: bool = True
    restarts: bool = False
    checks_arguments: bool = False
    repeats: bool = False

    def run(self, electron: Electron) -> tuple[str, list[str]]:
        """Book a table. Return the answer, and the arguments of the calls of the tool."""
        limits = {} if self.timeout is None else {"timeout": self.timeout}
        key, url = electron.api_key, electron.base_url
        with OpenAI(base_url=url, api_key=key, **limits) as client:  # type: ignore[arg-type]  # a dict
            booked: list[str] = []
            for _ in range(3):
                try:
                    return self._talk(client, booked), booked
                except APIError:
                    if not self.restarts:
                        raise
            return "", booked

    def _talk(self, client: OpenAI, booked: list[str]) -> str:
        messages: list[Any] = [ASKED]
        for _ in range(3):
            said, calls = self._repeated(client, messages)
            if not calls:
                return said
            messages.append({"role": "assistant", "content": said, "tool_calls": calls})
            for one in calls:
                booked.append(one["function"]["arguments"])
                messages.append({"role": "tool", "tool_call_id": one["id"], "content": "done"})
        return "no end"

    def _repeated(self, client: OpenAI, messages: list[Any]) -> tuple[str, list[Any]]:
        for _ in range(2 if self.repeats else 0):
            try:
                return self._turn(client, messages)
            except APIStatusError as error:
                if error.status_code < 500 and error.status_code != 429:
                    raise
            except (APIError, OSError, ValueError, httpx2.HTTPError):
                pass
        return self._turn(client, messages)

    def _turn(self, client: OpenAI, messages: list[Any]) -> tuple[str, list[Any]]:
        said, finish, calls = "", None, dict[int, Any]()
        for choice in self._choices(client, messages):
            said += choice.delta.content or ""
            finish = choice.finish_reason or finish
            for part in choice.delta.tool_calls or []:
                known = calls.setdefault(part.index, ["", "", ""])
                given = (part.id, part.function.name, part.function.arguments)
                calls[part.index] = [
                    old + (new or "") for old, new in zip(known, given, strict=True)
                ]
        if self.needs_finish and finish is None:
            raise ConnectionError("the stream has no end")
        if self.checks_arguments:
            for _, _, arguments in calls.values():
                json.loads(arguments)
        return said, [_call(*parts) for parts in calls.values()]

    def _choices(self, client: OpenAI, messages: list[Any]) -> Iterator[Any]:
        try:
            chunks = client.chat.completions.create(
                model="electron", messages=messages, tools=TOOLS, stream=True
            )
            for chunk in chunks:
                yield from chunk.choices
        except APIError:
            if not self.swallows:
                raise


def _call(name_id: str, name: str, arguments: str) -> dict[str, Any]:
    return {"id": name_id, "type": "function", "function": {"name": name, "arguments": arguments}}


CARELESS: Final = Agent()
CAREFUL: Final = Agent(
    timeout=1.0, needs_finish=True, swallows=False, restarts=False, checks_arguments=True
)
