"""`kept`: a property that is computed when it is first read, and kept.

It is `functools.cached_property` without the lock that Python 3.11 takes: the values of one request
belong to one thread.
"""

from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    kept = cached_property
else:

    class kept(cached_property):  # noqa: N801 (it is used like a function)
        """A property that is computed when it is first read."""

        def __get__(self, instance: Any, owner: type | None = None) -> Any:
            if instance is None:
                return self
            value = instance.__dict__[self.attrname] = self.func(instance)
            return value
