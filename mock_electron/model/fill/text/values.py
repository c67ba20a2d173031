"""The values of a text, as `hear/` finds them. A mark is a span, or a part of a text that a finder found."""

from mock_electron.model.hear.kinds import number
from mock_electron.model.hear.span import Span as Mark
from mock_electron.model.hear.span import Taken

__all__ = ["Mark", "Taken", "number"]
