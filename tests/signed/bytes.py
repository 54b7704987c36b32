"""Whether a number or a word stands in what a browser was sent: as text, in pictures, in tables and charts, in any packing."""

import base64
import re
import struct
from collections.abc import Iterator

_BASE64 = re.compile(rb"[A-Za-z0-9+/]{16,}={0,2}")


def every_text(data: bytes) -> Iterator[bytes]:
    """The bytes themselves, and all that is packed into them as base64: pictures, arrays of charts."""
    yield data
    plain = data.replace(b"\\u002f", b"/").replace(b"\\/", b"/").replace(b"\\u003d", b"=")
    for found in _BASE64.findall(plain):
        try:
            yield base64.b64decode(found + b"=" * (-len(found) % 4), validate=True)
        except ValueError:
            continue


def forms_of(number: float) -> tuple[bytes, ...]:
    """How a number may be written: in digits, and as machines do. Its digits before the point are enough to know it."""
    whole = int(number)
    packed = [struct.pack("<d", number)]
    if whole == number:
        packed += [struct.pack("<q", whole), struct.pack("<i", whole)]
    return (*packed, f"{whole}".encode(), f"{whole:,}".encode())


def holds_number(data: bytes, number: float) -> bool:
    """Whether a number of six digits or more stands there."""
    assert number >= 100_000
    forms = forms_of(number)
    return any(form in text for text in every_text(data) for form in forms)


def holds_text(data: bytes, text: str) -> bool:
    return any(text.encode() in each for each in every_text(data))
