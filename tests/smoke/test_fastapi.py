"""A FastAPI application and the fixture in one process, with the versions that FastAPI needs."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from mock_electron import Electron


def test_an_application_that_streams_from_electron(electron: Electron) -> None:
    """The application passes a stream on to its own client."""
    # They are imported here, because otherwise each worker imports them.
    fastapi = pytest.importorskip("fastapi")
    httpx = pytest.importorskip("httpx")
    responses = pytest.importorskip("fastapi.responses")
    app = fastapi.FastAPI()

    async def words(said: str) -> AsyncIterator[str]:
        request = {
            "model": "electron",
            "messages": [{"role": "user", "content": said}],
            "stream": True,
        }
        headers = {"Authorization": f"Bearer {electron.api_key}"}
        async with (
            httpx.AsyncClient() as client,
            client.stream(
                "POST", f"{electron.base_url}/chat/completions", json=request, headers=headers
            ) as response,
        ):
            async for line in response.aiter_lines():
                if line.startswith("data: {"):
                    choices = json.loads(line.removeprefix("data: "))["choices"]
                    yield choices[0]["delta"].get("content") or ""

    async def speak(said: str) -> Any:
        return responses.StreamingResponse(words(said), media_type="text/plain")

    app.get("/speak")(speak)

    async def ask() -> str:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
            response = await client.get("/speak", params={"said": "Hi!"})
        text: str = response.text
        return text

    electron.reply("Good morning!")
    assert asyncio.run(ask()) == "Good morning!"
    assert electron.exchanges.last.text == "Good morning!"
