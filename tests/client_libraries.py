"""The client libraries, led to a fake Electron. They ask once, unless a test says otherwise."""

import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

import httpx
import openai
from openai import AsyncOpenAI, OpenAI
from smallestai import AsyncSmallestAI, SmallestAI, SmallestAIEnvironment

from mock_electron import Electron

TLS: Final = ssl.create_default_context()
"""Made once: a client that makes its own takes longer for it than for most tests."""
WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "strict": True,  # the helpers of `openai` refuse to parse the calls of any other tool
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}


def openai_client(electron: Electron, **options: Any) -> OpenAI:
    """`openai`; to be used in a `with`."""
    pool = openai.DefaultHttpx2Client(verify=TLS)
    return OpenAI(http_client=pool, **_openai_options(electron) | options)


def async_openai_client(electron: Electron, **options: Any) -> AsyncOpenAI:
    """`openai` for asyncio; to be used in an `async with`."""
    pool = openai.DefaultAsyncHttpx2Client(verify=TLS)
    return AsyncOpenAI(http_client=pool, **_openai_options(electron) | options)


def _openai_options(electron: Electron) -> dict[str, Any]:
    return {"base_url": electron.base_url, "api_key": electron.api_key, "max_retries": 0}


@contextmanager
def smallestai_client(electron: Electron, **options: Any) -> Iterator[Any]:
    """`smallestai`, as far as it is about Electron."""
    with httpx.Client(verify=TLS) as pool:
        client = SmallestAI(httpx_client=pool, **_smallestai_options(electron) | options)
        yield client.waves.electron


@asynccontextmanager
async def async_smallestai_client(electron: Electron, **options: Any) -> AsyncIterator[Any]:
    """`smallestai` for asyncio, as far as it is about Electron."""
    async with httpx.AsyncClient(verify=TLS) as pool:
        client = AsyncSmallestAI(httpx_client=pool, **_smallestai_options(electron) | options)
        yield client.waves.electron


def _smallestai_options(electron: Electron) -> dict[str, Any]:
    url = electron.url  # every address of the SDK, so that no call can leave this machine
    return {
        "environment": SmallestAIEnvironment(atoms=url, waves=url, waves_ws=url, payment=url),
        "api_key": electron.api_key,
        "max_retries": 0,
    }
