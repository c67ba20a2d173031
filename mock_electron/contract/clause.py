"""What a clause is: one promise of Electron's wire format that can be checked over HTTP."""

from collections.abc import Callable
from enum import StrEnum
from typing import Final

from msgspec import Struct

from mock_electron.contract.probe import Probe


class Confidence(StrEnum):
    """How it is known that Electron behaves this way."""

    DOCUMENTED = "documented"
    INFERRED = "inferred"
    ASSUMED = "assumed"


DOCUMENTED: Final = Confidence.DOCUMENTED
INFERRED: Final = Confidence.INFERRED
ASSUMED: Final = Confidence.ASSUMED


class Source(StrEnum):
    """Where the knowledge is from: a page of the vendor's documentation, by title, or evidence.

    A choice has no source. Its value says so.
    """

    API_REFERENCE = "Chat Completions (Electron), API reference"
    AUTHENTICATION = "Authentication"
    BEST_PRACTICES = "Best Practices"
    CHAT_COMPLETIONS = "Chat Completions"
    ERROR_REFERENCE = "Error reference"
    MIGRATE = "Migrate from OpenAI"
    MODEL_CARD = "Electron, model card"
    OVERVIEW = "Overview"
    PREFIX_CACHING = "Prefix Caching"
    STREAMING = "Streaming"
    SUPPORTED_PARAMETERS = "Supported Parameters"
    TOOL_CALLING = "Tool / Function Calling"
    BRANCH = "an unmerged branch of the vendor's documentation"
    EXPRESS = "evidence: what Express does"
    VLLM = "evidence: what vLLM does"
    ZOD = "evidence: what Zod v3 answers"
    CLIENTS = "evidence: what OpenAI's clients need"
    CHOICE = "no evidence: a choice of mock-electron"


class Finding(Struct, frozen=True):
    """What a check found.

    Attributes:
        expected: What the check expects, for a report.
        got: What the response contains, for a report.
        passed: Whether the two agree.
    """

    expected: str
    got: str
    passed: bool


Check = Callable[..., Finding]
"""A function that inspects the responses of the clause's probe, one argument for each."""


class Clause(Struct, frozen=True):
    """One promise.

    Attributes:
        id: Unique, dotted name, such as `stream.done`.
        section: Heading of the section that the clause belongs to.
        sentence: The promise, as one sentence.
        confidence: How the promise is known.
        source: Where the promise is known from.
        probe: The requests that show whether the promise is kept.
        check: What must be true of the responses.
    """

    id: str
    section: str
    sentence: str
    confidence: Confidence
    source: Source
    probe: Probe
    check: Check
