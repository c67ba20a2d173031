"""LangChain's own conformance suite for chat models, unscripted, against the mock.

Every test in it asks a real model in plain words and expects it to follow: greetings, tool calls,
structured output, streams, usage.
"""

import inspect
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from langchain_core.language_models import BaseChatModel
from langchain_openai import ChatOpenAI
from langchain_tests.integration_tests import ChatModelIntegrationTests
from openai import DefaultAsyncHttpxClient

from mock_electron import Electron

for _test in vars(ChatModelIntegrationTests).values():
    if inspect.iscoroutinefunction(_test):
        pytest.mark.asyncio(_test)  # the suite leaves that to `asyncio_mode = auto`


class TestChatOpenAIOnElectron(ChatModelIntegrationTests):
    """`ChatOpenAI` as LangChain tests it, with no more than its address and key changed."""

    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return ChatOpenAI

    @pytest_asyncio.fixture(autouse=True)
    async def _lane(self, electron: Electron) -> AsyncIterator[None]:
        """This test's own lane, for every model that the suite makes, and a client to close."""
        self.lane = {"base_url": electron.base_url, "api_key": electron.api_key}
        async with DefaultAsyncHttpxClient() as self.client:
            yield

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {
            "model": "electron",
            "max_retries": 0,
            "stream_usage": True,  # untold, ChatOpenAI asks nobody but OpenAI for it
            "http_async_client": self.client,
        } | self.lane

    @property
    def structured_output_kwargs(self) -> dict[str, Any]:
        """Electron has no JSON schema: the schema goes into a tool that is forced."""
        return {"method": "function_calling"}

    @property
    def supports_json_mode(self) -> bool:
        return True

    @property
    def supports_image_inputs(self) -> bool:
        return False

    @property
    def supports_model_override(self) -> bool:
        """There is one model, "electron"."""
        return False

    @property
    def has_tool_calling(self) -> bool:
        return True

    @property
    def has_tool_choice(self) -> bool:
        return True

    @property
    def has_structured_output(self) -> bool:
        return True
