"""Hypothesis strategies for property tests of clients of Electron.

    from mock_electron.strategies import streams

    @given(stream=streams())
    def test_reassembles(electron, stream):
        electron.respond_with(lambda request: stream)
        ...

They need Hypothesis: `pip install "mock-electron[hypothesis]"`.
"""

# ruff: noqa: E402 (the imports below need Hypothesis)

from mock_electron.inputs.attributes import missing_name
from mock_electron.inputs.extras import require
from mock_electron.inputs.spelling import did_you_mean

require("hypothesis", extra="hypothesis", used_by="mock_electron.strategies")

from mock_electron.strategies.conversations import conversations
from mock_electron.strategies.faults import faults
from mock_electron.strategies.invalid import InvalidChatRequest, invalid_chat_requests
from mock_electron.strategies.replies import replies
from mock_electron.strategies.requests import chat_requests
from mock_electron.strategies.streams import streams
from mock_electron.strategies.tools import tool_schemas, tools
from mock_electron.wire.stream import Assembled, Stream

__all__ = [
    "Assembled",
    "InvalidChatRequest",
    "Stream",
    "chat_requests",
    "conversations",
    "faults",
    "invalid_chat_requests",
    "replies",
    "streams",
    "tool_schemas",
    "tools",
]


def __getattr__(name: str) -> object:
    hint = did_you_mean(name, __all__)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise missing_name(f"{message}.{hint}" if hint else message, name)
