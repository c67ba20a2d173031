"""Clients of the mock from client libraries. They do not retry unless a test enables it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx
from openai import AsyncOpenAI, OpenAI
from openai.types.chat import ChatCompletion
from smallestai import AsyncSmallestAI, SmallestAI, SmallestAIEnvironment

from mock_electron import Electron

WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "strict": True,  # the helpers of `openai` only parse the calls of strict tools
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}


def openai_client(electron: Electron, **options: Any) -> OpenAI:
    """Return a client of `openai`, for use in a `with` statement."""
    return OpenAI(**_openai_options(electron) | options)


def async_openai_client(electron: Electron, **options: Any) -> AsyncOpenAI:
    """Return an asynchronous client of `openai`, for use in an `async with` statement."""
    return AsyncOpenAI(**_openai_options(electron) | options)


def ask(client: OpenAI, messages: list[Any], **options: Any) -> ChatCompletion:
    """Return the completion of one request."""
    completion = client.chat.completions.create(model="electron", messages=messages, **options)
    assert isinstance(completion, ChatCompletion)
    return completion


def _openai_options(electron: Electron) -> dict[str, Any]:
    return {"base_url": electron.base_url, "api_key": electron.api_key, "max_retries": 0}


@contextmanager
def smallestai_client(electron: Electron, **options: Any) -> Iterator[Any]:
    """Yield the Electron client of `smallestai`."""
    with httpx.Client() as pool:
        client = SmallestAI(httpx_client=pool, **_smallestai_options(electron) | options)
        yield client.waves.electron


@asynccontextmanager
async def async_smallestai_client(electron: Electron, **options: Any) -> AsyncIterator[Any]:
    """Yield the asynchronous Electron client of `smallestai`."""
    async with httpx.AsyncClient() as pool:
        client = AsyncSmallestAI(httpx_client=pool, **_smallestai_options(electron) | options)
        yield client.waves.electron


def _smallestai_options(electron: Electron) -> dict[str, Any]:
    url = electron.url  # for every URL of the SDK, so that no request leaves this machine
    return {
        "environment": SmallestAIEnvironment(atoms=url, waves=url, waves_ws=url, payment=url),
        "api_key": electron.api_key,
        "max_retries": 0,
    }
