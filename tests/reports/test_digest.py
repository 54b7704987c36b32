"""The digest: each signal once to whoever answers for its unit, that it was answered and that it ended, and else nothing."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from data.access import Audience, Reader, Role
from data.audit import now, read_trail, trail_files
from data.config import Home
from data.deciding import decide_now, withdraw_now
from data.decisions import Proposal
from data.delivery import note_told, sending, told
from data.publish import read_pointer
from data.store import Store
from metrics.measure import Kind
from pages.reports.delivery import signals
from pages.reports.delivery.outcome import DONE, LATER, NOTHING, REFUSED
from pages.reports.delivery.signals import Event, Key, news
from pages.shared import words
from pages.shared.analysis import Analysis, Reading, analyse
from pages.shared.evidence import is_new, seen_since
from pages.shared.standing import column
from pages.shared.wording import delivery as said
from tests.reports.mail_server import Box, Issuer, own_issuer, serving
from tests.reports.mailing import ANN, BEN, CAT, IT, Post, copy, grant, write_settings

__all__ = ["own_issuer"]
QUIET = (NOTHING, ["Nothing to send: nobody has anything new to be told."], [])
KEY = re.compile(r"(?:new|answered|ended):\d{4}-\d{2}:(?:worse|better|changed):[a-z0-9_]+:[A-Z0-9]+")


@pytest.fixture
def letters(
    sample: Home,
    tmp_path: Path,
    own_issuer: Issuer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Post]:
    home = copy(sample, tmp_path, monkeypatch)
    with serving(Box(), tls=own_issuer.context()) as box:
        write_settings(home, box.port, own_issuer)
        yield Post(home, box, capsys)


@pytest.fixture(scope="session")
def seen(sample_store: Store) -> Analysis:
    return analyse(sample_store, Reader(Role.QI_LEAD, Audience.WORKING))


def fresh(seen: Analysis, store: Store, *below: str) -> list[Reading]:
    """The new signals of these units and of those below them, found by their verdicts alone."""
    verdicts = ("improvement", "concern", "neither", "early", "mixed")
    return [
        reading
        for reading in seen.readings.values()
        if set(below or ["TRUST"]) & set(store.tree(READER).paths[reading.unit.code])
        and words.variation_state(reading).startswith(verdicts)
        and is_new(reading)
    ]


READER = Reader(Role.QI_LEAD)


def headings(text: str) -> list[str]:
    """The first line of each item."""
    blocks = text.split("\n--\n")[0].split("\n\n")
    return [block.split("\n")[0] for block in blocks if "\n" in block]


def heading(reading: Reading) -> str:
    return f"{reading.measure.name}, {reading.unit.name}"


@pytest.fixture(scope="session")
def worse(seen: Analysis, sample_store: Store) -> Reading:
    """A ward of which the one new signal is a concern that nobody has answered."""
    found = [r for r in fresh(seen, sample_store) if column(r) == "Worse" and r.unit.level == "ward"]
    return next(r for r in found if len(fresh(seen, sample_store, r.unit.code)) == 1)


def answer(home: Home, reading: Reading) -> int:
    detail = {"found": "Staffing.", "will_do": "Review rota."}
    proposal = Proposal("response", "An answer.", reading.measure.id, reading.unit.code, detail=detail)
    (number,) = decide_now(home, [proposal], IT)
    return number


# Who is told of what


def test_each_is_told_of_the_own_units_and_nobody_else_is(
    letters: Post, seen: Analysis, sample_store: Store, worse: Reading
) -> None:
    division = sample_store.tree(READER).paths[worse.unit.code][1]
    grant(letters.home, ANN, "ward_manager", worse.unit.code)
    grant(letters.home, BEN, "division_lead", division)
    grant(letters.home, CAT, "qi_lead")
    for role in ("board_member", "patient_safety_lead", "analyst", "administrator"):
        grant(letters.home, f"{role}@trust.example", role)
    for role in ("staff", "deputy"):
        grant(
            letters.home,
            f"{role}@trust.example",
            role,
            worse.unit.code,
            **({"ends_on": "2099-01-01"} if role == "deputy" else {}),
        )
    version = read_pointer(letters.home)
    code, out, err = letters.run("digest", "--by", "nightly job")
    assert (code, out, err) == (DONE, [f"{who} was told." for who in (ANN, BEN, CAT)], [])
    assert letters.to() == [ANN, BEN, CAT]
    whole = fresh(seen, sample_store)
    expected = [fresh(seen, sample_store, worse.unit.code), fresh(seen, sample_store, division), whole]
    assert len(expected[0]) == 1 < len(expected[1]) < len(whole)
    for taken, readings in zip(letters.box.taken, expected, strict=True):
        assert sorted(headings(taken.text)) == sorted(map(heading, readings))
        n = len(readings)
        assert taken.message["Subject"] == f"Zero Harm: {n} new signal{'s' if n > 1 else ''}"
    in_order = sorted((column(r) != "Worse", r.unit.name, r.measure.name) for r in whole)
    assert headings(letters.box.taken[2].text) == [f"{m}, {u}" for _, u, m in in_order], (
        "worse first; by name, never ranked"
    )
    assert read_pointer(letters.home) == version, "no new version of the figures"
    keys = [key for found in told(letters.home).values() for key in found]
    assert len(keys) == sum(map(len, expected)) and all(KEY.fullmatch(key) for key in keys), "no figure is kept"
    noted = [line for path in trail_files(letters.home) for line in read_trail(path) if line.what == "sent"]
    assert [(line.who, line.detail) for line in noted] == [("nightly job", '{"file": "digest", "people": 3}')]
    assert letters.run("digest") == QUIET, "quiet until something changes"
    assert len(letters.box.taken) == 3


def test_a_letter_says_why_whose_it_is_that_nobody_has_answered_and_where_to_look(
    letters: Post, worse: Reading
) -> None:
    grant(letters.home, ANN, "ward_manager", worse.unit.code)
    assert letters.run("digest")[0] == DONE
    (taken,) = letters.box.taken
    promised = worse.goal.decision.detail["owner"] if worse.goal else worse.measure.owner
    assert worse.verdict_signal is not None
    assert taken.text.split("\n") == [
        "NEW SINCE WE LAST WROTE",
        "",
        heading(worse),
        f"{words.variation_label(worse)}. {worse.verdict_signal.sentence} {words.variation_sentence(worse)}",
        f"Owner: {promised}. Nobody has answered yet.",
        f"https://dash.trust.example/measure?unit={worse.unit.code}&measure={worse.measure.id}",
        "",
        "--",
        "This is the sample trust: none of its figures is real.",
        "You get this as ward manager. It comes when something has changed, and else not at all.",
        "No reply to this address is read by the dashboard.",
        "",
    ]
    assert taken.message["Auto-Submitted"] == "auto-generated" and taken.message.get_content_type() == "text/plain"


def test_what_is_masked_and_deaths_are_in_no_letter(seen: Analysis, sample_store: Store) -> None:
    named = Reader(Role.PATIENT_SAFETY_LEAD, Audience.NAMED)
    manager = Reader(Role.WARD_MANAGER, units=("W10",))
    for who in (READER, manager, named):
        analysis = seen if who is READER else analyse(sample_store, who)
        found = news(analysis, sample_store, who, frozenset())
        assert all(each.reading.exact and each.reading.measure.kind is not Kind.DEATH for each in found)
        assert all(who.speaks_for(sample_store.tree(who).paths[each.reading.unit.code]) for each in found)
    hidden = [r for r in seen.readings.values() if not r.exact]
    assert hidden, "the sample has figures that a QI lead sees masked"
    past = frozenset(Key("2026-01", "worse", r.measure.id, r.unit.code).told(Event.NEW) for r in hidden)
    assert all(each.event is Event.NEW for each in news(seen, sample_store, READER, past)), "nor that one of them ended"


def test_somebody_of_two_roles_is_told_once_and_led_to_the_role_that_sees_it(letters: Post, worse: Reading) -> None:
    grant(letters.home, ANN, "board_member")
    grant(letters.home, ANN, "ward_manager", worse.unit.code)
    grant(letters.home, ANN.upper(), "division_lead", worse.unit.code)
    assert letters.run("digest")[:2] == (DONE, [f"{ANN} was told."])
    (taken,) = letters.box.taken
    assert headings(taken.text) == [heading(worse)]
    assert f"unit={worse.unit.code}&measure={worse.measure.id}&as=ward_manager" in taken.text
    assert "You get this as ward manager and division lead." in taken.text


def test_accounts_that_are_no_address_and_groups_are_said_to_whoever_runs_it(letters: Post, worse: Reading) -> None:
    yesterday = (now().date() - timedelta(1)).isoformat()
    grant(letters.home, "u1234", "ward_manager", worse.unit.code)
    grant(letters.home, "group:leads", "qi_lead")
    grant(letters.home, "group:board", "board_member")
    grant(letters.home, BEN, "qi_lead", ends_on=yesterday)
    code, out, _ = letters.run("digest")
    told_so = "{} answers for units and is not told: the account is no mail address."
    assert (code, out) == (NOTHING, [told_so.format("group:leads"), told_so.format("u1234"), QUIET[1][0]])
    assert letters.box.taken == []


# Once


def test_a_retry_tells_who_is_left_and_nobody_twice(letters: Post, worse: Reading) -> None:
    for who in (ANN, BEN, CAT):
        grant(letters.home, who, "ward_manager", worse.unit.code)
    letters.box.dies_at = 1
    code, out, err = letters.run("digest")
    assert (code, out, len(err)) == (LATER, [f"{ANN} was told."], 2)
    letters.box.rcpt[BEN] = "550 No such user"
    assert letters.run("digest") == (
        REFUSED,
        [f"{CAT} was told."],
        [f"Not sent to {BEN}: the mail server said 550 No such user."],
    )
    assert letters.to() == [ANN, CAT]
    assert set(told(letters.home)) == {ANN, CAT}


def test_a_rehearsal_shows_the_letters_and_keeps_nothing(letters: Post, worse: Reading) -> None:
    grant(letters.home, ANN, "ward_manager", worse.unit.code)
    code, out, err = letters.run("digest", "--dry-run")
    assert (code, err) == (DONE, []) and out[:2] == [f"To: {ANN}", "Subject: Zero Harm: 1 new signal"]
    assert heading(worse) in out and out[-1] == "This was a rehearsal: nothing was sent."
    assert letters.box.taken == [] and told(letters.home) == {}
    assert letters.run("digest")[0] == DONE
    assert letters.run("digest", "--dry-run") == QUIET


def test_two_do_not_send_at_once(letters: Post) -> None:
    with sending(letters.home):
        assert letters.run("digest")[0] == LATER


def test_an_answer_is_told_once(letters: Post, worse: Reading) -> None:
    grant(letters.home, ANN, "ward_manager", worse.unit.code)
    assert letters.run("digest")[0] == DONE
    number = answer(letters.home, worse)
    grant(letters.home, BEN, "ward_manager", worse.unit.code)
    assert letters.run("digest")[:2] == (DONE, [f"{ANN} was told.", f"{BEN} was told."])
    _, first, second = letters.box.taken
    assert first.message["Subject"] == "Zero Harm: 1 answered" and first.text.startswith("ANSWERED\n")
    assert second.message["Subject"] == "Zero Harm: 1 new signal" and second.text.startswith("NEW")
    for taken in (first, second):
        assert re.search(r"Owner: .*\. Answered by IT on \d+ \w{3} \d{4}\.", taken.text)
        assert "Nobody has answered" not in taken.text and "Staffing" not in taken.text
    assert letters.run("digest") == QUIET
    answer(letters.home, worse)
    withdraw_now(letters.home, number, IT, "Given twice.")
    assert letters.run("digest") == QUIET


def test_an_end_is_told_once(letters: Post, seen: Analysis, sample_store: Store) -> None:
    calm = next(
        r for r in seen.readings.values() if r.unit.level == "ward" and column(r) == "No clear change" and r.exact
    )
    grant(letters.home, ANN, "ward_manager", calm.unit.code)
    began = [Key(month, "worse", calm.measure.id, calm.unit.code) for month in ("2026-03", "2026-05")]
    note_told(letters.home, ANN, [key.told(Event.NEW) for key in began], IT)
    assert letters.run("digest")[0] == DONE
    taken = letters.box.taken[-1]
    here = fresh(seen, sample_store, calm.unit.code)
    assert taken.message["Subject"].endswith("1 ended") and sorted(headings(taken.text)) == sorted(
        map(heading, [*here, calm])
    )
    assert f"{heading(calm)}\nIt stands at ‘No clear change’ now. It goes up and down as usual." in taken.text
    assert {key.told(Event.ENDED) for key in began} <= told(letters.home)[ANN]
    assert letters.run("digest") == QUIET


def test_a_division_with_a_nasty_name_writes_no_header_and_no_line(
    letters: Post, seen: Analysis, sample_store: Store
) -> None:
    reading = next(r for r in fresh(seen, sample_store) if r.unit.level == "division")
    nasty = "Trust\\r\\nBcc: x@y.example\\r\\n\\r\\nNEW"
    letters.home.branding.write_text(f'[divisions]\n{reading.unit.code} = "{nasty}"\n', encoding="utf-8")
    grant(letters.home, ANN, "division_lead", reading.unit.code)
    assert letters.run("digest")[0] == DONE
    (taken,) = letters.box.taken
    assert taken.to == [ANN] and "Bcc" not in taken.message
    assert f"{reading.measure.name}, Trust  Bcc: x@y.example    NEW" in taken.text.split("\n")


# One chart


def of_one(reading: Reading, *past: str, answered: bool = False) -> tuple[str, list[str]] | None:
    """What is told of it after these keys: the event, and what is kept."""
    going_on = signals._open(frozenset(past)).get((reading.measure.id, reading.unit.code), [])
    by: Any = SimpleNamespace(decided_by="IT") if answered else None
    found = signals._of_one(reading, going_on, frozenset(past), by)
    return None if found is None else (str(found.event), list(found.keys))


def test_what_is_told_of_one_chart(worse: Reading, seen: Analysis) -> None:
    month, where = str(seen_since(worse)), f"{worse.measure.id}:{worse.unit.code}"
    new, answered, ended = (f"{event}:{month}:worse:{where}" for event in ("new", "answered", "ended"))
    earlier = f"2026-02:worse:{where}"
    assert of_one(worse) == ("new", [new])
    assert of_one(worse, answered=True) == ("new", [new, answered])
    assert of_one(worse, new) is None
    assert of_one(worse, new, answered=True) == ("answered", [answered])
    assert of_one(worse, new, answered, answered=True) is None
    assert of_one(worse, new, ended) is None, "what came back in the same month was told"
    assert of_one(worse, f"new:2026-02:better:{where}") == ("new", [new, f"ended:2026-02:better:{where}"]), (
        "the other way now"
    )
    assert of_one(worse, f"new:{earlier}") == ("new", [new, f"ended:{earlier}"]), "a new one takes its place"
    assert of_one(worse, f"new:{earlier}:X", "pack:board:0", "nonsense") == ("new", [new]), (
        "of another ward, or no signal"
    )


def test_a_signal_that_has_gone_on_for_long_is_not_new_and_its_answer_is_told(seen: Analysis) -> None:
    old = next(
        r for r in seen.readings.values() if column(r) == "Worse" and not is_new(r) and seen_since(r) is not None
    )
    key = f"2026-01:worse:{old.measure.id}:{old.unit.code}"
    assert of_one(old) is None and of_one(old, answered=True) is None
    assert of_one(old, f"new:{key}") is None, "seen since another month by a revision: it goes on"
    assert of_one(old, f"new:{key}", answered=True) == ("answered", [f"answered:{key}"])
    better = f"2026-01:better:{old.measure.id}:{old.unit.code}"
    assert of_one(old, f"new:{better}") == ("ended", [f"ended:{better}"])


@pytest.mark.parametrize("state", ["please_check", "cannot_tell", "none"])
def test_while_nothing_can_be_said_nothing_has_ended(state: str, seen: Analysis) -> None:
    waiting = [r for r in seen.readings.values() if r.chart is not None and words.variation_state(r) == state]
    assert waiting
    for reading in waiting:
        key = f"new:2026-01:worse:{reading.measure.id}:{reading.unit.code}"
        assert of_one(reading, key) is None and of_one(reading, key, answered=True) is None


def test_other_providers_are_nobodys_to_answer(worse: Reading, seen: Analysis, sample_store: Store) -> None:
    national = replace(worse, unit=replace(worse.unit, level="provider"))
    one = Analysis(seen.panel, {(worse.measure.id, worse.unit.code): national}, {})
    assert news(one, sample_store, READER, frozenset()) == []
    assert len(news(replace(one, readings={("m", "u"): worse}), sample_store, READER, frozenset())) == 1


def test_what_is_masked_is_no_news_whatever_stands_on_its_chart(
    worse: Reading, seen: Analysis, sample_store: Store
) -> None:
    for changes, n in (({}, 1), ({"exact": False}, 0), ({"chart": None}, 0)):
        one = Analysis(seen.panel, {("m", "u"): replace(worse, **changes)}, {})
        assert len(news(one, sample_store, READER, frozenset())) == n
    died = replace(worse, measure=replace(worse.measure, kind=Kind.DEATH))
    assert news(Analysis(seen.panel, {("m", "u"): died}, {}), sample_store, READER, frozenset()) == []


def test_a_code_of_a_unit_may_hold_what_parts_a_key() -> None:
    key = Key("2026-01", "worse", "falls_all", "A:B:C")
    assert signals._open(frozenset([key.told(Event.NEW)])) == {("falls_all", "A:B:C"): [key]}
    assert signals._open(frozenset([key.told(Event.NEW), key.told(Event.ENDED)])) == {}


# Words


@pytest.mark.parametrize(
    ("events", "subject"),
    [
        (["new"], "T: 1 new signal"),
        (["new", "new"], "T: 2 new signals"),
        (["answered", "ended", "new", "ended"], "T: 1 new signal, 1 answered, 2 ended"),
    ],
)
def test_subjects_count_and_name_no_unit(events: list[str], subject: str) -> None:
    assert said.digest_subject("T", events) == subject


def test_what_is_better_waits_for_no_answer(seen: Analysis, worse: Reading) -> None:
    better = next(r for r in seen.readings.values() if column(r) == "Better" and r.verdict_signal is not None)
    assert "answered" not in " ".join(said.item("new", better, None))
    bare = replace(better, goal=None, measure=replace(better.measure, owner=""))
    assert len(said.item("new", bare, None)) == 2, "nothing is said of nobody"
    assert np.isfinite(worse.value).any() and "Nobody has answered yet." in said.item("new", worse, None)[2]


def test_where_nobody_has_a_role_it_says_so(letters: Post) -> None:
    code, lines, errors = letters.run("digest")
    assert code == NOTHING and "no ward manager, division lead or QI lead has a role here" in " ".join(
        [*lines, *errors]
    )
