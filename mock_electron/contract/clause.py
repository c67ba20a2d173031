"""What a clause is: one promise of Electron's wire that a black box can check over HTTP."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mock_electron.contract.probe import Probe


class Confidence(StrEnum):
    """How it is known that Electron does this."""

    DOCUMENTED = "documented"
    INFERRED = "inferred"
    ASSUMED = "assumed"


DOCUMENTED: Final = Confidence.DOCUMENTED
INFERRED: Final = Confidence.INFERRED
ASSUMED: Final = Confidence.ASSUMED


class Source(StrEnum):
    """Where it is known from: the pages of the vendor's documentation, by title, and evidence."""

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
    EXPRESS = "none: what Express does"
    VLLM = "none: what vLLM does"
    ZOD = "none: what Zod v3 answers"
    CLIENTS = "none: what OpenAI's clients need"
    CHOICE = "none: a choice"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: what was expected, what was there, and whether that holds."""

    expected: str
    got: str
    holds: bool


Check = Callable[..., Finding]
"""Looks at the responses of the clause's probe, one argument for each."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One promise.

    id: dotted, and unique. section: the one it belongs to. sentence: the promise in words.
    confidence, source: how it is known, and from where.
    probe: the requests that show it. check: what must be true of their responses.
    """

    id: str
    section: str
    sentence: str
    confidence: Confidence
    source: Source
    probe: Probe
    check: Check
