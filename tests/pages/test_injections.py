"""Two hundred texts that would be code somewhere: in addresses, in the names of units and files, in reasons. None has an effect."""

import hashlib
from itertools import product
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.config import PROJECT, Home
from data.ingest.intake import shown_name
from data.store import Store
from tests.conftest import Load, approve_policy
from tests.pages.conftest import Open
from tests.pages.shown import html_of, said

SQL = [
    "'; drop table cell; --",
    "' or '1'='1",
    "W10' union select * from decision --",
    "$known_at",
    "1; attach '/etc/passwd' as x",
    "\"; copy cell to '/tmp/pwn.csv'; --",
    "'||(select max(numerator) from cell)||'",
    "read_csv('/etc/passwd')",
    "\\'; pragma database_list; --",
    "%27%20or%201=1",
]
MARKUP = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "'><iframe src=javascript:alert(1)>",
    "javascript:alert(1)",
    "[click](javascript:alert(1))",
    "<a href='//evil.example'>x</a>",
    "$\\href{javascript:alert(1)}{x}$",
    ":material/home: :red[x]",
    "{{7*7}} ${7*7} #{7*7}",
]
PATHS = [
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/etc/passwd\x00.csv",
    "file:///etc/passwd",
    "\u202egnp.exe",
    "a\r\nSet-Cookie: x=1",
    "CON",
    "x" * 5000,
    "=cmd|'/c calc'!A1",
    "@SUM(1+1)*cmd",
]
PAYLOADS = [*SQL, *MARKUP, *PATHS]
PLACES = ("unit", "measure", "month", "as", "audience", "mine", "division")
SHOWN = (
    "goals",
    "division",
    "ward",
    "measure",
    "compare",
    "improvement",
    "targets",
    "quality",
    "month",
    "history",
    "easy",
)
FORBIDDEN = ("<script>alert", "<img src=x", "<svg/onload", "<iframe", "onerror=alert(1)>", "href='//evil.example'")


def state_of(home: Home) -> dict[str, str]:
    """Every file of a store, by what it holds; locks are none."""
    files = [path for path in home.root.rglob("*") if path.is_file() and path.suffix != ".lock"]
    return {str(path.relative_to(home.root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_two_hundred_addresses_change_nothing_and_show_nothing(shown: Home, open_page: Open) -> None:
    before = state_of(shown)
    tried = list(product(PLACES, PAYLOADS))
    assert len(tried) > 200
    for page in SHOWN:
        for i, payload in enumerate(PAYLOADS):
            if (i + len(page)) % 5 and page != "measure":  # the measure page takes them all, the others a fifth each
                continue
            at = AppTest.from_file(str(PROJECT / "dashboard.py"), default_timeout=60)
            for place in PLACES:
                at.query_params[place] = payload
            if page != "goals":
                at.switch_page(f"pages/{page}.py")
            at.run()
            assert not at.exception and not at.error, (page, payload)
            for part in html_of(at):
                assert not [word for word in FORBIDDEN if word in part.source], (page, payload)
    assert state_of(shown) == before
    assert not Path("/tmp/pwn.csv").exists()


def test_names_of_units_are_shown_as_they_are_written(
    tmp_path: Path, load: Load, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A unit may be called anything; in every page it is text."""
    home = Home(tmp_path / "named")
    names = [*MARKUP, *[text for text in SQL if '"' not in text]]
    quoted = [name.replace('"', '""') for name in names]
    units = "".join(f'W{i:02d},"{name}",ward,TRUST,2024-01-01,acute,10\n' for i, name in enumerate(quoted))
    load(
        home,
        "code,name,level,parent,valid_from,peer_group,beds\nTRUST,Our trust,trust,,2024-01-01,,\n" + units,
        "units.csv",
    )
    months = [f"{2024 + t // 12}-{t % 12 + 1:02d}" for t in range(30)]
    falls = "".join(
        f"{month},W{i:02d},mha_people,{5 + t % 4}\n" for t, month in enumerate(months) for i in range(len(names))
    )
    load(home, "month,unit,measure,numerator\n" + falls, "falls.csv")
    approve_policy(home)
    for name, value in (("HOME", str(home.root)), ("SHOW", "own"), ("ALLOW_UNSIGNED", "yes")):
        monkeypatch.setenv(f"ZERO_HARM_{name}", value)
    for page in SHOWN:
        for unit in ("TRUST", "W01", "W02"):
            at = open_page(page, role="qi_lead", unit=unit)
            for part in html_of(at):
                assert not [word for word in FORBIDDEN if word in part.source], (page, unit)
                assert not [image for image in part.images if "onerror" in image], (page, unit)
                assert not [link for link, _ in part.links if link.startswith(("javascript:", "//"))], (page, unit)
            for element in at.main.markdown:
                assert "](javascript:" not in element.value.replace("\\", ""), (page, unit)
    store = Store.open(home)
    assert store is not None and {u.name for u in store.unit_names} >= set(names)
    assert names[0] in said(open_page("ward", role="qi_lead", unit="W00")).replace("&lt;", "<").replace("&gt;", ">")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_name_of_a_file_is_shown_short_and_on_one_line(payload: str) -> None:
    name = shown_name(payload)
    assert name.isprintable() and len(name) <= 200
