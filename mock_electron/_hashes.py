"""The hash functions of the standard library, without its module `hashlib`.

`hashlib` also loads the functions of OpenSSL, which nothing here uses and which takes 3 ms. The
module `random` of the standard library avoids it in the same way.
"""

from typing import TYPE_CHECKING

__all__ = ["blake2b", "shake_128"]

if TYPE_CHECKING:
    from hashlib import blake2b, shake_128
else:
    try:
        from _blake2 import blake2b
    except ImportError:  # not CPython
        from hashlib import blake2b

    def shake_128(data):
        """Return the hash of data. It is imported when it is used: few servers need it."""
        try:
            from _sha3 import shake_128
        except ImportError:  # not CPython
            from hashlib import shake_128
        return shake_128(data)
