"""The JSON Schema of the answer of `/lanes/{name}/audit`."""

from typing import Final, get_args

from mock_electron.audit.finding import SEVERITIES, Outcome, TokenKind
from mock_electron.audit.written import LEVELS
from mock_electron.control.answers import COUNT, SWITCH, answer_of, list_of, or_null
from mock_electron.control.schemas import NUMBER, TEXT
from mock_electron.scripts.conditions import Schema

RULE: Final = answer_of(
    "verdict of a rule",
    {
        "outcome": {"enum": list(get_args(Outcome))},
        "level": {"enum": list(LEVELS)},
        "reason": TEXT,
        "unseen": list_of(TEXT),
        "findings": COUNT,
    },
)
SAVING: Final = answer_of(
    "saving",
    {
        "exchange": COUNT,
        "kind": {"enum": list(get_args(TokenKind))},
        "tokens": COUNT,
        "becomes_cached": SWITCH,
    },
)
FINDING: Final = answer_of(
    "finding",
    {
        "id": TEXT,
        "rule": TEXT,
        "kind": TEXT,
        "severity": {"enum": list(SEVERITIES)},
        "title": TEXT,
        "reason": TEXT,
        "exchanges": list_of(COUNT),
        "repair": answer_of("repair", {"words": TEXT, "snippet": TEXT, "language": TEXT}),
        "subject": TEXT,
        "practice": TEXT,
        "details": list_of(TEXT),
        "savings": list_of(SAVING),
        "seconds": NUMBER,
    },
)
RULES: Final[Schema] = {"type": "object", "additionalProperties": RULE}
AUDIT: Final = answer_of(
    "audit",
    {
        "exchanges": COUNT,
        "dropped": COUNT,
        "rules": RULES,
        "findings": list_of(FINDING),
        "tokens": answer_of(
            "counted tokens", dict.fromkeys(("spent", "cached", "avoidable"), COUNT)
        ),
        "money": or_null(
            answer_of(
                "money", {"currency": TEXT, "spent": NUMBER, "cached": NUMBER, "avoidable": NUMBER}
            )
        ),
    },
)
