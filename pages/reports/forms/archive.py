"""Office files are archives that hold when they were made: without that, the same content is the same bytes."""

import io
import re
import zipfile

EPOCH = (1980, 1, 1, 0, 0, 0)  # the first day that an archive knows
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
NO_DAY = rb"\g<1>1980-01-01T00:00:00Z\g<2>"


def settled(data: bytes, *, inner: bool = False) -> bytes:
    """The archive with no clock in it; `inner`: of a workbook behind a chart, whose own dates tell nothing either."""
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as found, zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as made:
        for name in found.namelist():
            part = found.read(name)
            if name.endswith(".xlsx"):
                part = settled(part, inner=True)
            elif inner and name == "docProps/core.xml":
                part = _STAMP.sub(NO_DAY, part)
            made.writestr(zipfile.ZipInfo(name, EPOCH), part, zipfile.ZIP_DEFLATED)
    return sink.getvalue()
