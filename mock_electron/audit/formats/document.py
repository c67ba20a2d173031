"""Audits as a JSON document."""

from collections.abc import Sequence
from typing import Any

from mock_electron._version import __version__
from mock_electron.audit.lane_audit import LaneAudit


def document(audits: Sequence[LaneAudit]) -> dict[str, Any]:
    """Return audits as a dict of JSON values."""
    return {
        "version": __version__,
        "audits": [one.to_dict() for one in audits],
        "failing": sum(len(one.audit.failing) for one in audits),
    }
