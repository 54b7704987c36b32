"""Texts as cells that no spreadsheet runs as a formula (OWASP ASVS 5.0, 1.2.10)."""

RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def harmless(text: str | None) -> str:
    """A text as a cell of a CSV or XLSX file: one that a spreadsheet would run is quoted by an apostrophe."""
    return "" if text is None else f"'{text}" if text.startswith(RUNS) else text
