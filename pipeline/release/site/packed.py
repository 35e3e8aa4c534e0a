"""Data that a page of a release loads: each file is a script with one packed string.

A page that is opened from a folder may not read other files there, but it may load scripts. So a file calls
the page with one string: JSON, compressed by gzip, in base64. The page's script `page.js` unpacks it.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import re
import zlib
from typing import Any

_SCRIPT = re.compile(rb'packed\("([A-Za-z0-9+/=]*)"\);\n')


def packed(value: Any) -> bytes:
    """A value as such a script. The bytes are the same wherever the same zlib compresses."""
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return b'packed("%b");\n' % base64.b64encode(gzip.compress(plain, 9, mtime=0))


def unpacked(script: bytes) -> bytes:
    """What such a script holds, in JSON, whichever zlib compressed it; other bytes as they are."""
    found = _SCRIPT.fullmatch(script)
    if not found:
        return script
    try:
        return gzip.decompress(base64.b64decode(found[1], validate=True))
    except (binascii.Error, EOFError, OSError, zlib.error):
        return script
