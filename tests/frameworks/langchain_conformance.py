"""LangChain's conformance suite for chat models against the mock, without a script.

Its tests ask for greetings, tool calls, structured output, streams and usage, as of a real model.
"""

import inspect
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from langchain_core.language_models import BaseChatModel
from langchain_openai import ChatOpenAI
from langchain_tests.integration_tests import ChatModelIntegrationTests
from openai import DefaultAsyncHttpxClient, DefaultHttpxClient

from mock_electron import Electron

for _test in vars(ChatModelIntegrationTests).values():
    if inspect.iscoroutinefunction(_test):
        pytest.mark.asyncio(_test)  # the suite expects `asyncio_mode = auto`


class TestChatOpenAIOnElectron(ChatModelIntegrationTests):
    """The suite for `ChatOpenAI`, with the address and key of the mock."""

    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return ChatOpenAI

    @pytest.fixture
    def vcr(self) -> None:
        """Do not load the plugin `recording` for one test, which is skipped."""

    @pytest.fixture
    def benchmark(self) -> None:
        """Do not load the plugin `benchmark`, for the same test."""

    @pytest_asyncio.fixture(autouse=True)
    async def _lane(self, electron: Electron) -> AsyncIterator[None]:
        """Point every model of the test at its lane, and close the clients."""
        self.lane = {"base_url": electron.base_url, "api_key": electron.api_key}
        with DefaultHttpxClient() as self.client:
            async with DefaultAsyncHttpxClient() as self.async_client:
                yield

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {
            "model": "electron",
            "max_retries": 0,
            "stream_usage": True,  # the default is off for other base URLs than OpenAI's
            "http_client": self.client,
            "http_async_client": self.async_client,
        } | self.lane

    @property
    def structured_output_kwargs(self) -> dict[str, Any]:
        """Electron rejects JSON schemas, so the schema is that of a forced tool."""
        return {"method": "function_calling"}

    @property
    def supports_json_mode(self) -> bool:
        return True

    @property
    def supports_image_inputs(self) -> bool:
        return False

    @property
    def supports_model_override(self) -> bool:
        """The only model is "electron"."""
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
