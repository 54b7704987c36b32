"""Compare: like with like over one year, computed here a second time; who is in it, who is not and why; what is said."""

import base64
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from data.access import Audience, Reader, Role
from data.config import Home
from data.panel import USABLE
from data.store import Store
from data.synthetic.trust import WARDS
from metrics import expected_false_signals
from pages.shared.analysis import Analysis, analyse
from pages.shared.compare.funnel import one_goal, verdict
from pages.shared.compare.multiples import chance
from pages.shared.compare.offered import offered, peers_of, usual_peers
from pages.shared.compare.pooled import Comparison, compare, pooled
from pages.shared.wording import compare as said
from tests.conftest import Load
from tests.pages.conftest import Open
from tests.pages.shown import IMAGE, everything_of, html_of, opened_of, table_of
from tests.pages.shown import said as everything

EXACTLY = "Different from similar wards. Ask about the people, building, staffing and recording."
TABLE = "The last 12 settled months"
ACUTE = sorted((ward for ward in WARDS if ward.kind == "acute"), key=lambda ward: ward.name)


def year_of(store: Store, who: Reader, measure: str, unit: str) -> tuple[int, float, float]:
    """Months, count and exposure of the last 12 settled months, from the panel by hand."""
    panel = store.panel(who)
    m, u = panel.measure_position(measure), panel.tree.position[unit]
    last = int(panel.last_due[u]) - store.catalogue[measure].settles_after_months
    n, count, size = 0, 0.0, 0.0
    for t in range(last - 11, last + 1):
        usable = panel.state[m, u, t] in USABLE and panel.complete[m, u, t] and not panel.doubtful[m, u, t]
        if usable and panel.phase[m, u, t] == panel.phase[m, u, last]:
            n, count, size = n + 1, count + panel.numerator[m, u, t], size + panel.denominator[m, u, t]
    return n, count, size


# The funnel of the sample


def test_the_table_has_every_ward_of_the_type_with_its_own_year(
    shown: Home, sample_store: Store, everyone: Reader, open_page: Open
) -> None:
    rows = table_of(open_page("compare", role="qi_lead", measure="restraint_all", among="ward:acute"), TABLE)[1:]
    assert [row[0] for row in rows] == [ward.name for ward in ACUTE]  # by name
    for row, ward in zip(rows, ACUTE, strict=True):
        n, count, size = year_of(sample_store, everyone, "restraint_all", ward.code)
        assert row[1:4] == [str(n), f"{count:,.0f}", f"{size:,.0f}"]
        assert float(row[4]) == pytest.approx(1000 * count / size, rel=0.005)
        assert n == 12


def test_few_units_are_judged_by_exact_tails_of_chance(
    shown: Home, analysis: Analysis, sample_store: Store, everyone: Reader, open_page: Open
) -> None:
    """Three intensive-care wards and so on: below eleven, only chance is allowed for, and the page says so."""
    judged = 0
    for measure in ("restraint_all", "self_harm", "falls_all"):
        for peers in peers_of(analysis, sample_store.catalogue[measure]):
            if not 3 <= len(peers.readings) < 11:
                continue
            found = compare(sample_store.catalogue[measure], peers)
            if found.funnel is None:
                continue
            years = [year_of(sample_store, everyone, measure, r.unit.code) for r in peers.readings]
            years = [year for year in years if year[0] >= 9]
            total = sum(y for _, y, _ in years) / sum(e for _, _, e in years)
            tails = [min(stats.poisson.cdf(y, total * e), stats.poisson.sf(y - 1, total * e)) for _, y, e in years]
            assert found.outside.tolist() == [tail <= 0.001 for tail in tails]
            assert found.between.tolist() == [0.001 < tail <= 0.025 for tail in tails]
            judged += len(years)
    assert judged > 40
    text = everything(open_page("compare", role="qi_lead", measure="restraint_all", among="division"))
    assert "The limits allow for chance alone. Too few units to see how much they differ anyway" in text
    assert said.DIVISIONS in text


def test_what_lies_outside_is_named_with_the_words_for_it(
    shown: Home, analysis: Analysis, sample_store: Store, open_page: Open
) -> None:
    measure = sample_store.catalogue["restraint_all"]
    (divisions,) = [peers for peers in peers_of(analysis, measure) if peers.level == "division"]
    found = compare(measure, divisions)
    outside = [unit.reading.unit for unit, out in zip(found.units, found.outside, strict=True) if out]
    assert 0 < len(outside) < 4
    at = open_page("compare", role="qi_lead", measure="restraint_all", among="division")
    (card,) = [part for part in html_of(at) if "outside the limits:" in part.words]
    assert [text for _, text in card.links] == [unit.name for unit in outside]
    assert "Different from similar divisions. Ask about the people, building, staffing and recording." in card.words
    for (address, _), unit in zip(card.links, outside, strict=True):
        assert address.startswith(f"division?unit={unit.code}&measure=restraint_all")
    for row, out in zip(table_of(at, TABLE)[1:], found.outside, strict=True):
        assert (row[-1] == said.outside("division")) == bool(out)


def test_a_ward_outside_reads_exactly_so() -> None:
    assert said.outside("ward") == EXACTLY


def test_nothing_outside_is_no_praise(shown: Home, open_page: Open) -> None:
    text = everything(open_page("compare", role="qi_lead", measure="restraint_all", among="ward:acute"))
    assert "None of 12 wards lies outside the limits. That does not mean the level is good enough." in text
    assert EXACTLY not in text
    assert (
        "Of 12 wards chance alone would put fewer than 0.1 outside the 99.8 % limits, where none lies, and about 0.6"
        in text
    )
    assert "differ by more than chance anyway" in text


def test_the_picture_has_an_alternative_text_and_our_goal_and_the_standard_apart(shown: Home, open_page: Open) -> None:
    at = open_page("compare", role="qi_lead", measure="followup_72h", among="ward:acute")
    (chart,) = [element for element in at.main if element.type == "plotly_chart"]
    spec = chart.proto.spec if hasattr(chart.proto, "spec") else str(chart.proto)
    for label in ("Our goal by Apr 2028: 95 %", "National ambition: 80 %"):
        assert spec.count(label) == 2, "in the legend, and where the line runs"
    assert (
        "Funnel of Followed up within 72 hours of discharge: acute wards, over the last 12 settled months."
        in everything(at)
    )


def test_a_goal_below_each_ones_own_level_has_no_one_line(
    shown: Home, analysis: Analysis, sample_store: Store, open_page: Open
) -> None:
    def goal_of(measure: str) -> float | None:
        peers = next(p for p in peers_of(analysis, sample_store.catalogue[measure]) if p.kind == "acute")
        found = one_goal(analysis, compare(sample_store.catalogue[measure], peers))
        return found.final if found else None

    assert (goal_of("restraint_all"), goal_of("followup_72h"), goal_of("falls_all")) == (0, 95, None)
    text = everything_of(open_page("compare", role="qi_lead", measure="falls_all", among="ward:acute"))
    assert "Our goal is 30 % below each one's own baseline" in text
    assert "Our goal by" not in text


# Their charts on one scale


def test_the_charts_stand_by_name_on_one_scale(shown: Home, open_page: Open) -> None:
    at = open_page("compare", role="qi_lead", measure="restraint_all", among="ward:acute", show="charts")
    (cards,) = [part for part in html_of(at) if len(part.images) > 5]
    assert [text for _, text in cards.links] == [ward.name for ward in ACUTE]
    svgs = [base64.b64decode(data).decode() for data in IMAGE.findall(cards.source)]
    scales = [re.findall(r"text-anchor='end'>([\d.]+)<", svg) for svg in svgs if "role='img'" in svg]
    assert len(scales) == len(ACUTE)
    assert len(set(map(tuple, scales))) == 1 and len(scales[0]) >= 2
    assert not [element for element in at.main if element.type == "plotly_chart"]


def test_signals_by_chance_stand_beside_those_there_are(
    shown: Home, analysis: Analysis, sample_store: Store, open_page: Open
) -> None:
    readings = [analysis.get("restraint_all", ward.code) for ward in ACUTE]
    expected, found = 0.0, 0
    for reading in readings:
        settled = np.isfinite(reading.value)  # sixty months, of which 24 set the limits
        mean = float(reading.numerator[settled].mean())
        expected += expected_false_signals("u_prime", "mdc", int(settled.sum()), mean, 24).last
        found += reading.variation.startswith(("improvement", "concern"))
    assert 0 < found < len(readings)
    sentence = f"Of 12 charts like these, chance alone would give about {expected:.1f} with a signal in the latest month; {found} "
    at = open_page("compare", role="qi_lead", measure="restraint_all", among="ward:acute", show="charts")
    assert sentence in everything(at)
    assert chance(readings).startswith(sentence)
    assert chance([]) == ""


def test_charts_of_days_between_events_are_named_and_not_drawn_on_it(
    shown: Home, analysis: Analysis, open_page: Open
) -> None:
    readings = [analysis.get("falls_harm", ward.code) for ward in WARDS if ward.kind == "older adult"]
    names = [r.unit.name for r in readings if r is not None and r.kind == "t" and r.unit.closed is None]
    assert names
    at = open_page("compare", role="qi_lead", measure="falls_harm", among="ward:older adult", show="charts")
    (line,) = [part.words for part in html_of(at) if part.words.startswith("Too few events for a chart by month")]
    assert all(name in line for name in names)


# What is offered, and to whom


def test_only_rates_and_shares_of_events_are_offered(sample_store: Store, analysis: Analysis) -> None:
    found = offered(analysis)
    assert {"restraint_all", "falls_all", "restraint_people", "followup_72h", "sickness"} <= set(found)
    assert not {"suicide_in_care", "suicide_inpatient", "lts_people", "lts_days", "investigations", "long_waits_adult",
                "beddays_per_recovery", "mha_people"} & set(found)  # fmt: skip
    assert all(measure.has_denominator for measure in found.values())


def test_what_is_not_offered_is_named_with_the_reason(shown: Home, open_page: Open) -> None:
    parts = {part.words for part in html_of(open_page("compare", role="qi_lead"))}
    told = {
        reason: next(text for text in parts if text.startswith(reason)) for reason in (said.NOT_DEATHS, said.NOT_COUNTS)
    }
    assert "Suspected suicide" in told[said.NOT_DEATHS] or "suicide" in told[said.NOT_DEATHS].lower()
    assert "People in long-term segregation" in told[said.NOT_COUNTS]
    assert any(text.startswith(said.NOT_STOCKS) for text in parts)


def test_a_link_opens_what_it_says_and_nonsense_opens_the_usual(shown: Home, open_page: Open) -> None:
    at = open_page("compare", role="qi_lead", measure="falls_all", among="ward:older adult")
    assert opened_of(at) == "Falls: older adult wards"
    at = open_page("compare", role="qi_lead", measure="suicide_in_care", among="ward:nonsense", show="nonsense")
    assert opened_of(at) == "Restrictive interventions: acute wards"


def test_the_groups_are_offered_with_the_largest_first(shown: Home, open_page: Open) -> None:
    options = open_page("compare", role="qi_lead", measure="restraint_all").selectbox(key="among").options
    sizes = [int(re.search(r"\((\d+)\)$", option)[1]) for option in options]
    assert options[0] == "Acute wards (12)" and sizes == sorted(sizes, reverse=True)
    assert "Divisions (4)" in options


def test_a_ward_manager_sees_no_other_ward_and_is_told_so(shown: Home, open_page: Open) -> None:
    at = open_page("compare", role="ward_manager", mine="W10", measure="restraint_all")
    own, others = "Hazel ward", [ward.name for ward in WARDS if ward.code != "W10"]
    text = everything(at)
    assert opened_of(at) == "Restrictive interventions: divisions"
    assert said.OWN_ALONE.format(ward=own) in text
    assert [name for name in others if name in everything_of(at)] == []
    alone = open_page("compare", role="ward_manager", mine="W10", measure="restraint_all", among="ward:acute")
    assert "Only 1 ward has enough months to compare; three are needed." in [info.value for info in alone.main.info]
    assert [name for name in others if name in everything_of(alone)] == []


def test_the_own_wards_group_is_the_usual_one_where_its_like_are_shown(analysis: Analysis, sample_store: Store) -> None:
    groups = peers_of(analysis, sample_store.catalogue["restraint_all"])
    assert usual_peers(groups, Reader(Role.WARD_MANAGER, units=("W25",))).kind == "medium secure" != groups[0].kind
    assert usual_peers(groups, Reader(Role.QI_LEAD)) == groups[0]
    assert usual_peers(groups, Reader(Role.DIVISION_LEAD, units=("SECURE",))) == groups[0]


# A small trust, made by hand

MONTHS = [f"{2025 + (i + 3) // 12}-{(i + 3) % 12 + 1:02d}" for i in range(18)]  # April 2025 to September 2026
HAND_UNITS = """code,name,level,parent,valid_from,peer_group,beds,valid_to,follows
TRUST,Our trust,trust,,2024-01-01,,,,
D,The division,division,TRUST,2024-01-01,,,,
A,Maple & <i>Son</i> ward,ward,D,2024-01-01,acute,,,
B,Beech ward,ward,D,2024-01-01,acute,,,
C,Cedar ward,ward,D,2024-01-01,acute,,,
E,Elm ward,ward,D,2024-01-01,acute,,,
F,Fir ward,ward,D,2024-01-01,acute,,2026-08-31,
G,Gum ward,ward,D,2024-01-01,,,,
H,Holm ward,ward,D,2024-01-01,older adult,,,
"""
USUAL = {"A": 8, "B": 8, "C": 8, "E": 8, "F": 8, "G": 8, "H": 8}

Hand = Callable[..., Comparison]


@pytest.fixture
def hand_home(tmp_path: Path, load: Load) -> Callable[..., Home]:
    def _made(falls: dict[str, int] | None = None, lacking: dict[str, int] | None = None) -> Home:
        """Falls on 500 bed days a month; `lacking`: a ward -> how many of its newest settled months did not come."""
        home = Home(tmp_path / "hand" / "sample", is_sample=True)
        load(home, HAND_UNITS, "units.csv")
        found = USUAL | (falls or {})
        open_in = [(m, u) for m in MONTHS for u in found if not (u == "F" and m > "2026-08")]
        gone = {(m, u) for u, n in (lacking or {}).items() for m in MONTHS[-2 - n : -2]}
        load(home, "month,unit,kind,value\n" + "".join(f"{m},{u},occupied_bed_days,500\n" for m, u in open_in), "e.csv")
        rows = "".join(f"{m},{u},falls_all,{found[u]}\n" for m, u in open_in if (m, u) not in gone)
        load(home, "month,unit,measure,numerator\n" + rows, "falls.csv")
        return home

    return _made


@pytest.fixture
def hand(hand_home: Callable[..., Home]) -> Hand:
    def _compared(**changes: dict[str, int]) -> Comparison:
        store = Store.open(hand_home(**changes))
        assert store is not None
        analysis = analyse(store, Reader(Role.QI_LEAD, Audience.WORKING))
        measure = store.catalogue["falls_all"]
        return compare(measure, next(peers for peers in peers_of(analysis, measure) if peers.key == "ward:acute"))

    return _compared


def codes(units: object) -> list[str]:
    return [unit.reading.unit.code for unit in units]  # type: ignore[attr-defined]


def test_only_open_wards_of_the_same_type_are_compared(hand: Hand) -> None:
    found = hand()
    assert codes(found.units) == ["B", "C", "E", "A"]  # by name; F is closed, G has no type, H is of another
    assert [unit.n for unit in found.units] == [12] * 4
    assert [unit.numerator for unit in found.units] == [96] * 4


@pytest.mark.parametrize(
    ("lacking", "reason"), [(3, ""), (4, "8 of the last 12 settled months can be used; nine are needed.")]
)
def test_nine_of_twelve_months_are_needed(hand: Hand, lacking: int, reason: str) -> None:
    found = hand(lacking={"C": lacking})
    assert [(unit.n, unit.reason) for unit in (*found.units, *found.left_out) if codes([unit]) == ["C"]] == [
        (12 - lacking, reason)
    ]
    assert codes(found.left_out) == (["C"] if reason else [])


def test_months_before_a_break_are_not_added(hand: Hand) -> None:
    reading = hand().units[0].reading
    phase = (np.arange(len(reading.months)) >= 8).astype(int)  # eight settled months since
    found = pooled(replace(reading, phase=phase))
    assert (found.n, found.reason) == (8, "Only 8 settled months since a break or a new baseline; nine are needed.")


def test_months_left_out_by_a_decision_are_not_added(hand: Hand) -> None:
    reading = hand().units[0].reading
    excluded = np.zeros(len(reading.months), bool)
    excluded[-5:-3] = True
    assert pooled(replace(reading, excluded=excluded)).n == 10


def test_a_ward_unlike_the_others_is_found_and_the_page_says_it_word_for_word(
    hand_home: Callable[..., Home], monkeypatch: pytest.MonkeyPatch, open_page: Open
) -> None:
    home = hand_home(falls={"A": 24}, lacking={"E": 6})
    monkeypatch.setenv("ZERO_HARM_HOME", str(home.root.parent))
    monkeypatch.setenv("ZERO_HARM_SHOW", "sample")
    at = open_page("compare", role="qi_lead", measure="falls_all", among="ward:acute")
    (card,) = [part for part in html_of(at) if EXACTLY in part.words and part.links and "outside" in part.words]
    assert "Maple & <i>Son</i> ward" in card.words and "<i>" not in card.source
    (chart,) = [element for element in at.main if element.type == "plotly_chart"]
    assert "<i>" not in chart.proto.spec.replace("\\u003c", "<")
    (left_out,) = [part for part in html_of(at) if "Not compared, by name" in part.captions]
    assert left_out.rows[1][0] == "Elm ward" and left_out.rows[1][1].startswith("6 of the last 12")


def test_two_wards_are_too_few(hand: Hand) -> None:
    found = hand(lacking={"C": 6, "E": 6})
    assert codes(found.units) == ["B", "A"] and found.funnel is None
    assert said.too_few_units("ward", 2) == "Only 2 wards have enough months to compare; three are needed."


def test_no_event_at_all_draws_no_limits(hand: Hand) -> None:
    found = hand(falls=dict.fromkeys(USUAL, 0))
    assert not found.outside.any() and said.NOTHING_HAPPENED in verdict(found)


def test_trusts_of_the_national_file_are_compared_with_each_other(
    tmp_path: Path, load: Load, monkeypatch: pytest.MonkeyPatch, open_page: Open
) -> None:
    home = Home(tmp_path / "national" / "sample", is_sample=True)
    head = "period_start,provider_name,people_restrained_mhs76,bed_days,people_detained_or_subject_to_mha\n"
    names = {"NORTH TRUST": "60", "SOUTH TRUST": "65", "EAST TRUST": "70", "WEST TRUST": "*"}
    rows = "".join(f"{m}-01,{name},{n},12000,300\n" for m in MONTHS for name, n in names.items())
    load(home, head + rows, "national.csv")
    monkeypatch.setenv("ZERO_HARM_HOME", str(home.root.parent))
    monkeypatch.setenv("ZERO_HARM_SHOW", "sample")
    at = open_page("compare", role="qi_lead")
    assert opened_of(at) == "People restrained: trusts in the national file"
    rows = table_of(at, TABLE)[1:]
    assert [(row[0], row[2]) for row in rows] == [("EAST TRUST", "840"), ("NORTH TRUST", "720"), ("SOUTH TRUST", "780")]
    text = everything(at)
    assert said.NATIONAL in text and said.PEOPLE in text
    (left_out,) = [part for part in html_of(at) if "Not compared, by name" in part.captions]
    assert left_out.rows[1][:2] == ["WEST TRUST", "0 of the last 12 settled months can be used; nine are needed."]
