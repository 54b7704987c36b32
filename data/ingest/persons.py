"""No person in an aggregate: what names one in a text or a column is found, and its text is never repeated.

What a column is for says what may stand in it. One limit is known and accepted: NHS numbers hidden, few and unspaced,
among ten-digit references that are as scattered as they are cannot be told from them (`_reach`).
"""

import re
import unicodedata
from bisect import bisect
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from math import inf
from typing import Literal

import duckdb

from data.ingest.forenames import FORENAMES

Role = Literal["date", "code", "figure", "reference", "label", "free"]

NHS_NUMBER = "an NHS number"
TEN_DIGITS = "a ten-digit number, as NHS numbers are"
DATE_OF_BIRTH = "a date of birth"
POSTCODE = "a postcode"
HOSPITAL_NUMBER = "a hospital number"
NAME = "a name"
EMAIL = "an e-mail address"
TELEPHONE = "a telephone number"
FREE_TEXT = "free text"

LONGEST_CODE = 60  # characters, and
MOST_WORDS = 8  # words of a code, a reference or a figure; more is somebody writing
OLD_DATE_YEARS = 15  # a day longer ago is no incident's: it is somebody's birthday
CHANCE_OF_A_REFERENCE = 1 / 11  # of ten-digit numbers that are no NHS numbers, those that pass its check all the same
RARER_THAN = 0.005  # a column passing more often than this is no column of references
NEAR = 20  # gaps between references that a reference may lie off
MOST_LINES = 1000  # of a column that are listed


class PersonalData(ValueError):
    """A text that names a person. The message says where and what kind, and never the text."""


@dataclass(frozen=True)
class Found:
    """Something personal: where, and of what kind. Never what."""

    line: int
    column: str
    kind: str


# One text -------------------------------------------------------------------------------------------------------------

_BLANKS_AND_DASHES = r"[\s.\-‐‑‒–—−_/]"
# Overlapping: a house number before an NHS number must not hide it.
_TEN_DIGITS = re.compile(rf"(?=(?<!\d)(\d(?:{_BLANKS_AND_DASHES}{{0,2}}\d){{9}})(?!\d))")
_TEN_OF_A_FIGURE = re.compile(rf"(?:\d(?:{_BLANKS_AND_DASHES}|[,'’])*){{10}}(?:[.,]0+)?")
_SCIENTIFIC = re.compile(r"(?<![\d.])(\d\.\d{1,9})[eE]\+?0?9(?!\d)")
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# A year of two digits needs slashes or dashes: 1.2.10 is a chapter.
_DATE = re.compile(
    rf"(?<![\d.])(?:(?P<y1>\d{{4}})(?P<s1>[-/.])(?P<m1>{_MONTH})(?P=s1)(?P<d1>{_DAY})"
    rf"|(?P<d2>{_DAY})(?P<s2>[-/.])(?P<m2>{_MONTH})(?P=s2)(?P<y2>\d{{4}}|(?<=[-/])\d{{2}})"
    rf"|(?P<d3>{_DAY})(?:st|nd|rd|th)?[-/. ]+(?:of )?(?P<m3>{'|'.join(_MONTHS)})[a-z]*[-/., ]+(?P<y3>\d{{4}}|\d{{2}}))(?!\d)"
    r"(?:[T ,]+\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?(?!\d))?",
    re.IGNORECASE,
)
_BORN = re.compile(
    r"\b(?:d\.?o\.?b\.?|date of birth|born(?: on)?|birth ?date)\W{0,4}(?:\w+\W{1,3}){0,2}\d", re.IGNORECASE
)

# The first letters of every postcode there is: RW4 1AB looks like one and is an organisation's.
_AREAS = (
    "AB AL B BA BB BD BF BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G GL"
    " GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA"
    " PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV"
    " YO ZE"
).replace(" ", "|")
_POSTCODE_SHAPE = rf"(?:{_AREAS})\d[A-Z\d]?[ \xa0]{{0,2}}\d[ABD-HJLNP-UW-Z]{{2}}"
_WHOLE_POSTCODE = re.compile(_POSTCODE_SHAPE, re.IGNORECASE)
_POSTCODE = re.compile(rf"(?<![A-Za-z0-9])(?!\w+[ \xa0]+(?:1ST|2ND|3RD)\s+\w){_POSTCODE_SHAPE}(?![A-Za-z0-9])")

_HOSPITAL_NUMBER = re.compile(
    r"\b(?:hosp(?:ital)?|unit|patient|case ?note|rio|pas|mrn|paris|carenotes|systmone|local)\b\W{0,2}"
    r"(?:patient |case )?(?:no|number|num|nr|id|identifier|ref)?\b\W{0,4}(?:is |was )?[A-Z]{0,3}[- ]?\d{5,}",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_TELEPHONE = re.compile(
    r"(?<![\d.])(?:(?:\+|00)44[ \-.]?(?:\(0\)[ \-.]?)?[1-37](?:[ \-.]?\d){8,9}|\(?0[1-37]\d{2,3}\)?(?:[ \-.]?\d){6,7})(?![\d.]?\d)"
)

# What follows a name when the whole is a place: Florence Nightingale Unit.
_PLACE_WORDS = """
unit ward wards house hospital centre center clinic suite court lodge team teams building wing department practice surgery way
view park gardens school college university trust foundation road street avenue lane close square bay room floor corridor
kitchen garden day infirmary hub campus theatre institute programme training award act law rule model charity hospice village
hall manor grange place terrace drive site service services block annexe
"""
_PLACES = frozenset(_PLACE_WORDS.split())
_PUBLIC = frozenset(("florence nightingale", "mary seacole", "oliver mcgowan", "edith cavell", "john moores"))
_WORD = r"[^\W\d_](?:[^\W\d_]|['’\-](?=[^\W\d_]))*\.?"
# In capitals only before a word in capitals: an MR chart is one of moving ranges.
_TITLED = re.compile(
    r"\b(?:(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor)\b\.?(?=\s+[^\Wa-z\d_])|(?:MR|MRS|MISS|MX|DR|PROF)\b\.?(?=\s+[A-Z'’-]{2,}\b))"
    rf"\s+(?P<rest>(?:[A-Z]\.?\s+)*{_WORD}(?:\s+{_WORD})?)"
)
_WORDS = re.compile(rf"(?P<word>{_WORD})")
_SURNAME_FIRST = re.compile(rf"(?P<surname>{_WORD}(?: {_WORD})?),\s*(?P<forename>{_WORD})(?:\s+{_WORD})?")


def kinds_in(text: str) -> tuple[str, ...]:
    """What of a person a free text names, each kind once; () where it names nothing."""
    return tuple(dict.fromkeys(_kinds(_plain(text), "free", _today())))


def refuse_persons(text: str, where: str) -> None:
    """Raises PersonalData where the text names a person; `where` is the field, as it begins the sentence: 'The reason'."""
    kinds = kinds_in(text)
    if kinds:
        what = kinds[0] if len(kinds) == 1 else f"{', '.join(kinds[:-1])} and {kinds[-1]}"
        place = where[:1].upper() + where[1:]
        raise PersonalData(f"{place} seems to hold {what}: write it without. Do not name patients or staff.")


def is_nhs_number(digits: str) -> bool:
    """Whether ten digits pass the check of an NHS number and lie in a range that is issued or reserved for examples."""
    if len(digits) != 10:
        return False
    weighted = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), digits, strict=False))
    return (11 - weighted % 11) % 11 == int(digits[9]) and _is_issued(digits)


def _is_issued(digits: str) -> bool:
    """England, Wales and Man 4, 6 and 7; Northern Ireland from 320 000 0001; examples 9; Scotland's begin with a birthday."""
    number = int(digits)
    if digits[0] in "4679" or 3_200_000_001 <= number <= 3_999_999_999:
        return True
    return 1 <= int(digits[:2]) <= 31 and 1 <= int(digits[2:4]) <= 12


def _kinds(text: str, role: Role, today: date) -> Iterator[str]:
    """Every kind that a plain text names, but for the ten digits of references, of which the column decides."""
    if role in ("date", "code", "figure"):
        undated = _DATE.sub(" ", text).strip()
        if _TEN_OF_A_FIGURE.fullmatch(undated) or _SCIENTIFIC.fullmatch(undated):
            yield NHS_NUMBER if any(is_nhs_number(ten) for ten, _ in _tens(text)) else TEN_DIGITS
        elif role == "code" and any(is_nhs_number(ten) for ten, _ in _tens(text)):
            yield NHS_NUMBER
    elif role in ("label", "free") and any(is_nhs_number(ten) for ten, _ in _tens(text)):
        yield NHS_NUMBER
    if _names_birthday(text, role, today):
        yield DATE_OF_BIRTH
    if _WHOLE_POSTCODE.fullmatch(text) or _POSTCODE.search(text):
        yield POSTCODE
    if role == "free" and _HOSPITAL_NUMBER.search(text):
        yield HOSPITAL_NUMBER
    if _names_somebody(text, role):
        yield NAME
    if _EMAIL.search(text):
        yield EMAIL
    if role in ("free", "label") and _TELEPHONE.search(text):
        yield TELEPHONE
    if role in ("date", "code", "reference", "figure") and (len(text) > LONGEST_CODE or len(text.split()) > MOST_WORDS):
        yield FREE_TEXT


def _plain(text: str) -> str:
    """Compatible forms made one, and the characters that nobody sees taken out."""
    if text.isascii():
        return text.strip()
    plain = unicodedata.normalize("NFKC", text)
    return "".join(char for char in plain if unicodedata.category(char) != "Cf").strip()


def _tens(text: str) -> Iterator[tuple[str, bool]]:
    """Each run of ten digits in a text, dates aside, and whether it stands there without a blank."""
    if len(text) == 10 and text.isdigit():
        yield "".join(str(int(char)) for char in text), True
        return
    dated = any(char in text for char in "-/. ")
    for match in _TEN_DIGITS.finditer(_DATE.sub(" | ", text) if dated else text):
        digits = "".join(str(int(char)) for char in match[1] if char.isdigit())
        yield digits, len(match[1]) == 10
    for match in _SCIENTIFIC.finditer(text):
        yield str(round(float(match[1]) * 1e9)), True


def _names_birthday(text: str, role: Role, today: date) -> bool:
    if role == "date":
        return False
    if _BORN.search(text):
        return True
    # A label may tell since when a place is there; a value that is nothing but an old date is told apart anywhere.
    matches = _DATE.finditer(text) if role == "free" else filter(None, [_DATE.fullmatch(text)])
    return any(_is_long_ago(match, today) for match in matches)


def _is_long_ago(match: re.Match[str], today: date) -> bool:
    year, month, day = (next(filter(None, (match[f"{part}{n}"] for n in "123"))) for part in "ymd")
    number = int(year) if len(year) == 4 else 2000 + int(year) - (100 if 2000 + int(year) > today.year else 0)
    month_number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    earliest = (today.year - OLD_DATE_YEARS, today.month, today.day)
    return number >= 1900 and (number, month_number, int(day)) < earliest


def _names_somebody(text: str, role: Role) -> bool:
    if role in ("date", "figure"):
        return False
    if any(not _is_place(match["rest"], text[match.end() :]) for match in _TITLED.finditer(text)):
        return True
    if role not in ("free", "code"):
        return False
    whole = _SURNAME_FIRST.fullmatch(text)
    if whole and _fold(whole["forename"]) in FORENAMES:
        return True
    words = [(match["word"], match.start(), match.end()) for match in _WORDS.finditer(text)]
    if 2 <= len(words) <= 3 and len(text.split()) == len(words) and _fold(words[0][0]) in FORENAMES:
        return not _is_place(
            " ".join(word for word, _, _ in words), ""
        )  # the whole value, in whatever case it is written
    return any(_is_name(text, words, place) for place in range(len(words) - 1))


def _is_name(text: str, words: Sequence[tuple[str, int, int]], place: int) -> bool:
    """Whether a known forename and a capitalised word stand here, 'Surname, Forename' too, and no place named after them."""
    (first, start, first_end), (second, second_start, end) = words[place], words[place + 1]
    between = text[first_end:second_start]
    if not (first[0].isupper() and second[0].isupper()):
        return False
    if between.strip() == "," and len(second) > 1:
        return _fold(second) in FORENAMES and _fold(first) not in _PLACES and not _is_place(second, text[end:])
    if between.strip() or _fold(first) not in FORENAMES:
        return False
    before = text[:start].rstrip()
    if re.search(r"\bSt\.?$|\bSaint$", before):
        return False
    return not _is_place(f"{first} {second}", text[end:])


def _is_place(name: str, after: str) -> bool:
    """Whether a name belongs to a place or a thing: Dr Gray's, Tom Harrison House."""
    words = [_fold(word) for word in f"{name} {after}".split()[: len(name.split()) + 2]]
    following = words[1:] if len(words) > 1 else words
    return (
        any(word.strip(".,;:()'’") in _PLACES for word in following)
        or name.endswith(("'s", "’s"))
        or " ".join(words[:2]) in _PUBLIC
    )


def _fold(word: str) -> str:
    return word.strip(".,;:").casefold()


# Headers --------------------------------------------------------------------------------------------------------------

_PERSONAL_HEADER = re.compile(
    r"\b(?:nhs ?(?:no|number|num|id)|nhsno|nhsnumber|chi(?: ?(?:no|number))?"
    r"|(?:fore|sur|first|last|family|given|middle|full|maiden|preferred)[ ]?names?|initials|known as|next of kin|nok"
    r"|(?:patient|person|client|service user|staff|employee|victim|contact|handler|reporter|manager|consultant|gp)s? (?:full )?name"
    r"|name of (?:the )?(?:patient|person|client|service user|staff|employee|victim)|names? of persons?"
    r"|d ?o ?b|date of birth|birth ?date|birthday|born|(?:post|zip) ?code|postal code|address(?:es)?"
    r"|(?:hospital|unit|patient|person|client|rio|pas|mrn|paris|carenotes|systmone|crn|case ?note|local patient|nhs patient)s?"
    r" ?(?:no|number|num|id|identifier|ref|reference)"
    r"|mrn|rio|pas|crn|telephone|phone|mobile|e ?mail|fax"
    r"|descriptions?|narratives?|comments?|details|notes|free ?text|text|what happened|immediate actions?|actions? taken|lessons"
    r"|key findings|case summary|summary|clinical outcome|apparent causes"
    r"|f001|ac001|ot003|in07|in10|in11"
    r"|handlers?|reporters?|reported by|managers?|investigators?|consultants?|key ?workers?|care co ?ordinators?|clinicians?"
    r"|responsible officer|auditors?|entered by|completed by|recorded by|created by|approved by|assigned to|owners?|assignees?)\b"
)
_ORGANISATION = re.compile(r"\b(?:organisation|org|ods|trust|provider)\b")


def personal_headers(header: Sequence[str]) -> tuple[str, ...]:
    """The columns whose name says that they hold people or free text, as the header spells them."""
    return tuple(cell for cell in header if _is_personal_header(cell))


def _is_personal_header(cell: str) -> bool:
    plain = _plain(cell)
    names = {
        _header_words(plain),
        _header_words(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain)),
    }  # RiO, and ClinicalOutcome
    found = {(name, match[0]) for name in names for match in [_PERSONAL_HEADER.search(name)] if match}
    if _ORGANISATION.search(_header_words(plain)):
        found = {(name, word) for name, word in found if word not in ("reporter", "reporters", "details")}
    return bool(found) or bool(names & {"name", "names"})


def _header_words(text: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", text.casefold()).split())


# A table --------------------------------------------------------------------------------------------------------------

# RE2: what a value must look like at the least for Python to look at it. Classes of Unicode take RE2 a tenth of a second
# to compile, so whatever is not ASCII is suspect.
_DIGITS_SUSPECT = r"\d(?:[^A-Za-z]{0,3}\d){9}|\d\.\d+[eE]\+?0?9|[^\x00-\x7f]|@"
_WORDY_SUSPECT = rf"(?:\S+\s+){{{MOST_WORDS}}}\S"
_TEXT_SUSPECT = (
    r"(?i:\b(?:mr|mrs|ms|miss|mx|dr|prof|professor)\b)"
    r"|[A-Za-z]\d[A-Za-z0-9]?\s{0,2}\d[A-Za-z]{2}"
    r"|\d{1,4}[-/. ](?:\d{1,2}|[A-Za-z]{3,9})[-/. ]\d"
    r"|(?i:born|birth|d\.?o\.?b)"
)
_NAME_SUSPECT = r"[A-Za-z].?[\s,]+[A-Za-z]|^[A-Za-z]+$|\d{5}"
_SUSPECT: dict[Role, str] = {
    "date": f"{_DIGITS_SUSPECT}|{_WORDY_SUSPECT}",
    "figure": f"{_DIGITS_SUSPECT}|{_WORDY_SUSPECT}",
    "reference": f"{_DIGITS_SUSPECT}|{_WORDY_SUSPECT}|{_TEXT_SUSPECT}",
    "label": f"{_DIGITS_SUSPECT}|{_TEXT_SUSPECT}|0\\d",
    "code": f"{_DIGITS_SUSPECT}|{_WORDY_SUSPECT}|{_TEXT_SUSPECT}|{_NAME_SUSPECT}",
    "free": f"{_DIGITS_SUSPECT}|{_TEXT_SUSPECT}|{_NAME_SUSPECT}|0\\d",
}


def find_persons(
    con: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, Role], known: Collection[str] = ()
) -> list[Found]:
    """What in these columns of a table of text names a person, by line: of each column the first `MOST_LINES` lines.

    `known` are values that the record or the catalogue declares (codes of units, ids of measures): they may look like
    anything.
    """
    found: list[Found] = []
    for column, role in columns.items():
        named = _is_birthday_header(column)
        relation = con.table(table)
        relation.select(duckdb.ColumnExpression("line"), duckdb.ColumnExpression(column).alias("value")).create_view(
            "persons_view", replace=True
        )
        kinds = _kinds_of_column(con, role, frozenset(known), named)
        found += [Found(line, column, kinds[value]) for line, value in _lines(con, list(kinds))]
    con.execute("drop view if exists persons_view")
    return sorted(found, key=lambda one: (one.line, one.column))


def _kinds_of_column(
    con: duckdb.DuckDBPyConnection, role: Role, known: frozenset[str], is_birthdays: bool
) -> dict[str, str]:
    """Value -> the first kind that it names."""
    values = con.execute(
        "with each as (select distinct value from persons_view where value is not null)"
        " select value from each where length(value) > $longest or regexp_matches(value, $suspect)",
        {"longest": LONGEST_CODE if role != "free" else 20, "suspect": r"[0-9]" if is_birthdays else _SUSPECT[role]},
    ).fetchall()
    today = _today()
    kinds: dict[str, str] = {}
    plain = {value: _plain(value) for (value,) in values if value.strip() not in known}
    for value, text in plain.items():
        if role == "reference" and text.isdigit():
            continue  # of these the column decides, below
        kind = next(_kinds(text, role, today), None)
        if is_birthdays and kind is None and _DATE.search(text):
            kind = DATE_OF_BIRTH
        if kind:
            kinds[value] = kind
    if role == "reference":
        kinds |= dict.fromkeys(_nhs_numbers_among(plain), NHS_NUMBER)
    if role in ("code", "free"):
        kinds |= dict.fromkeys(_column_of_names(con, plain), NAME) | kinds
    return kinds


def _lines(con: duckdb.DuckDBPyConnection, values: list[str]) -> list[tuple[int, str]]:
    if not values:
        return []
    return con.execute(
        "select line, value from persons_view where value in (select unnest($values)) order by line limit $most",
        {"values": values, "most": MOST_LINES},
    ).fetchall()


def _is_birthday_header(column: str) -> bool:
    name = re.sub(r"[\W_]+", " ", column.casefold()).strip()
    return re.search(r"\b(?:d ?o ?b|date of birth|birth ?date|birthday|born)\b", name) is not None


def _column_of_names(con: duckdb.DuckDBPyConnection, plain: Mapping[str, str]) -> list[str]:
    """The values of a column that is a list of names by its shape: forenames alone, or 'Surname, Forename' throughout."""
    forenames = [value for value, text in plain.items() if _fold(text) in FORENAMES]
    pairs = [
        value
        for value, text in plain.items()
        if (match := _SURNAME_FIRST.fullmatch(text))
        and match["forename"][0].isupper()
        and match["surname"][0].isupper()
    ]
    lists = [values for values in (forenames, pairs) if len(values) >= 3]
    if not lists:
        return []
    total = con.execute("select count(distinct value) from persons_view where trim(value) <> ''").fetchall()[0][0]
    return [value for values in lists if 2 * len(values) > total for value in values]


# References -----------------------------------------------------------------------------------------------------------


_AS_NINES = str.maketrans(dict.fromkeys("0123456789", "9"))


def _nhs_numbers_among(plain: Mapping[str, str]) -> Iterator[str]:
    """The references that hold an NHS number, and not one of the eleventh part of any numbers that pass its check."""
    forms: dict[str, dict[str, tuple[str, bool]]] = defaultdict(dict)
    for value, text in plain.items():
        tens = list(_tens(text))
        if tens:
            passing = [ten for ten in tens if is_nhs_number(ten[0])]
            forms[text.translate(_AS_NINES)][value] = (passing or tens)[0]
    for values in forms.values():
        passing_values = {value: int(ten) for value, (ten, _) in values.items() if is_nhs_number(ten)}
        others = sorted(int(ten) for value, (ten, _) in values.items() if value not in passing_values)
        joined = all(whole for _, whole in values.values())
        reach = _reach(others, len(passing_values)) if joined else 0
        yield from (value for value, number in passing_values.items() if _distance(number, others) > reach)


def _reach(failing: Sequence[int], n_passing: int) -> int:
    """How far from the references that fail the check one may lie that passes it and is a reference all the same.

    None may when more of them pass than chance lets pass of any numbers; else it must lie among the others, within a few
    of the gaps that they keep from each other. An NHS number from elsewhere lies far off, and one that stands alone has
    nothing to be excused by.
    """
    from scipy.special import bdtrc  # seldom needed, and slow to import

    # bdtrc(k, n, p): the chance of more than k among n
    if len(failing) < 2 or bdtrc(n_passing - 1, n_passing + len(failing), CHANCE_OF_A_REFERENCE) < RARER_THAN:
        return 0
    gaps = sorted(after - before for before, after in pairwise(failing))
    return NEAR * max(gaps[min(len(gaps) - 1, int(0.9 * len(gaps)))], 1)


def _distance(number: int, others: Sequence[int]) -> float:
    """From a number to the nearest of the others, which are sorted."""
    place = bisect(others, number)
    return min((abs(number - other) for other in others[max(place - 1, 0) : place + 1]), default=inf)


def _today() -> date:
    return datetime.now(UTC).date()
