"""What follows from the parameters of a tool alone, kept for the next requests.

1. The requests of a program offer the same tools again and again. The slots of a tool, and the rules
   for them, are found once.
2. Each request is charged for them as if it found them itself, because its reply must not depend on
   earlier requests. A request that uses a tool several times is charged once.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from mock_electron.model.fill.invented.finish import numbered
from mock_electron.model.fill.parameters import described
from mock_electron.model.fill.parameters.slots import slots_of
from mock_electron.model.fill.parameters.want import objects
from mock_electron.model.schema.resolve import Schemas
from mock_electron.model.work import Spent, Work
from mock_electron.wire import codec

LONGEST: Final = 10_000
"""The maximum size of parameters for which something is kept, in bytes of JSON."""


def schemas_of(parameters: Mapping[str, Any], work: Work, *, is_silent: bool) -> Schemas:
    """Return the schemas of a tool, with what is known about them.

    Args:
        parameters: The parameters of the tool.
        work: The budget of the request.
        is_silent: Whether there is no text, so that no rule is applied.
    """
    try:
        written = codec.encode(parameters)
    except TypeError:  # an integer that no request can contain
        return Schemas(parameters, work)
    known = _prepared(written, is_silent) if len(written) <= LONGEST else None
    if known is None:
        return Schemas(parameters, work)
    is_paid = written in work.paid
    work.paid.add(written)
    return known.again(work, is_paid=is_paid)


@lru_cache(maxsize=64)
def _prepared(written: bytes, is_silent: bool) -> Schemas | None:
    """Return schemas with all that each request derives from them; None if that is too much work."""
    schemas = Schemas(codec.decode(written), Work())
    try:
        for want in objects(schemas)[:1]:
            slots = slots_of(schemas, want)
            for want in [way for each in slots if not is_silent for way in each.variants]:
                described.values(schemas, want)
            numbered(schemas, slots)
    except Spent:
        return None
    return None if schemas.spent else schemas
