"""What a SARIF 2.1.0 log must be, as far as the audit writes one.

A subset by hand: the official schema has 112 kB, and every object of this one is stricter. A log
that conforms to this schema conforms to that of OASIS.
"""

from typing import Any, Final


def exactly(properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the schema of an object with these keys and no others."""
    required = [name for name in properties if name not in optional]
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


TEXT: Final = {"type": "string", "minLength": 1}
COUNT: Final = {"type": "integer", "minimum": 0}
LINE: Final = {"type": "integer", "minimum": 1}
PLAIN: Final = exactly({"text": TEXT})
MESSAGE: Final = exactly({"text": TEXT, "markdown": TEXT})
RULE: Final = exactly(
    {"id": TEXT, "shortDescription": PLAIN, "fullDescription": PLAIN, "help": MESSAGE}
)
LOCATION: Final = exactly(
    {
        "physicalLocation": exactly(
            {
                "artifactLocation": exactly({"uri": {"type": "string", "format": "uri-reference"}}),
                "region": exactly({"startLine": LINE}),
            }
        ),
        "logicalLocations": {
            "type": "array",
            "minItems": 1,
            "items": exactly({"fullyQualifiedName": TEXT}),
        },
    },
    optional=("logicalLocations",),
)
RESULT: Final = exactly(
    {
        "ruleId": TEXT,
        "ruleIndex": COUNT,
        "level": {"enum": ["error", "warning", "note"]},
        "message": MESSAGE,
        "locations": {"type": "array", "minItems": 1, "maxItems": 1, "items": LOCATION},
        "partialFingerprints": {"type": "object", "additionalProperties": TEXT, "minProperties": 1},
        "properties": {"type": "object"},
    },
    optional=("ruleIndex",),
)
NOTE: Final = exactly(
    {
        "level": {"const": "note"},
        "message": PLAIN,
        "associatedRule": exactly({"id": TEXT, "index": COUNT}, optional=("index",)),
    }
)
SCHEMA: Final = exactly(
    {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "maxItems": 1,
            "items": exactly(
                {
                    "tool": exactly(
                        {
                            "driver": exactly(
                                {
                                    "name": TEXT,
                                    "version": TEXT,
                                    "rules": {
                                        "type": "array",
                                        "items": RULE,
                                        "uniqueItems": True,
                                    },
                                }
                            )
                        }
                    ),
                    "results": {"type": "array", "items": RESULT},
                    "invocations": {
                        "type": "array",
                        "items": exactly(
                            {
                                "executionSuccessful": {"const": True},
                                "toolExecutionNotifications": {"type": "array", "items": NOTE},
                            }
                        ),
                    },
                    "columnKind": {"const": "unicodeCodePoints"},
                }
            ),
        },
    }
)
