"""Whether two names are one person's, however they are written: for grants, sessions, and who may approve what."""

import unicodedata

# Characters that show nothing and are no format characters (Unicode's Default_Ignorable_Code_Point, beside category Cf).
_UNSEEN = {
    0x034F,
    0x115F,
    0x1160,
    0x17B4,
    0x17B5,
    *range(0x180B, 0x1810),
    0x2065,
    0x3164,
    *range(0xFE00, 0xFE10),
    0xFFA0,
}
_UNSEEN |= set(range(0xE0000, 0xE1000))


def same_person(one: str, other: str) -> bool:
    """Whether two names are one person's."""
    return as_compared(one) == as_compared(other)


def as_compared(name: str) -> str:
    """Compatible forms made one, without case, needless blanks and the characters that nobody sees; '' where none is left."""
    apart = unicodedata.normalize("NFKD", name)
    seen = "".join(each for each in apart if unicodedata.category(each) != "Cf" and ord(each) not in _UNSEEN)
    return " ".join(unicodedata.normalize("NFC", seen.casefold()).split())
