"""Who may do what to which unit: the whole table, written out here and not read from the code.

Each picture has one letter for each of PLACES. X: may. .: may not. What is not in a table is refused everywhere.
"""

from dataclasses import replace

import pytest

from data.access import (
    Action,
    Audience,
    NotForThisReader,
    Reach,
    Reader,
    Role,
    Seen,
    Thing,
    authorise,
    how_seen,
    may,
    operator,
    shipped_policy,
)
from data.access.names import same_person
from data.access.roles import GRANTABLE, RULES
from data.decisions import DETAILS
from metrics.measure import Sensitivity

# The own ward, another of the division, one of another division; the own division, the other one; the trust.
PLACES = {
    "W01": ("W01", "LOCAL", "TRUST"),
    "W02": ("W02", "LOCAL", "TRUST"),
    "W03": ("W03", "SECURE", "TRUST"),
    "LOCAL": ("LOCAL", "TRUST"),
    "SECURE": ("SECURE", "TRUST"),
    "TRUST": ("TRUST",),
}
LEVELS = dict(zip(PLACES, ["ward", "ward", "ward", "division", "division", "trust"], strict=True))
ALL, OWN_DIVISION, OWN_WARD, NONE = "XXXXXX", "XX.X..", "X.....", "......"

UNITS = {"division_lead": ("LOCAL",), "ward_manager": ("W01",), "deputy": ("W01",), "staff": ("W01",)}
PEOPLE = {
    role: Reader(Role(role), units=UNITS.get(role, ()), account=f"{role}@trust.example")
    for role in (
        "board_member",
        "executive_owner",
        "division_lead",
        "ward_manager",
        "deputy",
        "staff",
        "qi_lead",
        "patient_safety_lead",
        "analyst",
        "administrator",
    )
}
PEOPLE["executive_owner"] = replace(PEOPLE["executive_owner"], measures=("falls_harm",))
PEOPLE["patient_safety_lead"] = replace(PEOPLE["patient_safety_lead"], audience=Audience.NAMED)

OF_QI = [
    "goal",
    "phase",
    "break",
    "exclusion",
    "confirmation",
    "sign_off",
    "annotation",
    "idea",
    "response",
    "learning",
]
OF_QI += ["commentary", "mapping", "expectation", "edition", "recipients", "publication"]
KINDS = [*OF_QI, "zero_return", "purge", "grant", "told"]

OF_A_UNIT = ["response", "idea", "annotation", "learning", "commentary"]
PROPOSES = {
    "executive_owner": {"commentary": ALL, "response": ALL},
    "division_lead": dict.fromkeys(OF_A_UNIT, OWN_DIVISION),
    "ward_manager": dict.fromkeys(["zero_return", *OF_A_UNIT], OWN_WARD),
    "deputy": dict.fromkeys(["zero_return", *OF_A_UNIT], OWN_WARD),
    "staff": {"idea": OWN_WARD},
    "qi_lead": dict.fromkeys(OF_QI, ALL),
    "patient_safety_lead": dict.fromkeys(OF_A_UNIT, ALL),
}
APPROVES = {
    "board_member": {"edition": ALL},
    "executive_owner": {"goal": ALL, "edition": ALL},  # of the own measure
    "division_lead": dict.fromkeys(("phase", "break", "exclusion", "confirmation"), OWN_DIVISION),
    "analyst": dict.fromkeys(("phase", "break", "exclusion", "confirmation", "edition"), ALL),
}
# What somebody else proposed is taken back by whoever may approve the like; one's own: below.
DECIDES = {Action.PROPOSE: PROPOSES, Action.APPROVE: APPROVES, Action.WITHDRAW: APPROVES}

ABOUT = "methods easy accessibility"
READING = f"goals division ward measure compare equity improvement {ABOUT}"
WORKING = f"{READING} quality month targets"
PAGES = {
    "board_member": f"{WORKING} history",
    "executive_owner": f"{WORKING} history",
    "division_lead": WORKING,
    "ward_manager": WORKING,
    "deputy": WORKING,
    "staff": READING,
    "qi_lead": f"{WORKING} history upload",
    "patient_safety_lead": f"{WORKING} history upload",
    "analyst": f"{WORKING} history",
    "administrator": f"{ABOUT} history access",
}
EVERY_PAGE = [*f"{WORKING} history upload access".split(), "elsewhere", "GOALS"]

FILES = {"qi_lead": {"load"}, "patient_safety_lead": {"load", "load deaths"}, "analyst": {"download"}}

GRANTS = {
    "administrator": dict.fromkeys(PEOPLE, ALL),
    "ward_manager": {"deputy": OWN_WARD},
}

# E: exact, S: suppressed, h: hidden; for standard measures, sensitive ones and deaths, with the policy that ships.
SEES = {
    "board_member": ("EEEEEE", "SSSEEE", "hhhhhE"),
    "executive_owner": ("EEEEEE", "SSSEEE", "hhhhhE"),
    "division_lead": ("EEhEEE", "SShEEE", "hhhhhE"),
    "ward_manager": ("EhhEEE", "ShhEEE", "hhhhhE"),
    "deputy": ("EhhEEE", "ShhEEE", "hhhhhE"),
    "staff": ("EhhEEE", "ShhEEE", "hhhhhE"),
    "qi_lead": ("EEEEEE", "SSSEEE", "hhhhhE"),
    "patient_safety_lead": ("EEEEEE", "EEEEEE", "EEEEEE"),
    "analyst": ("EEEEEE", "SSSEEE", "hhhhhE"),
    "administrator": ("hhhhhh", "hhhhhh", "hhhhhh"),
}
LETTERS = {Seen.EXACT: "E", Seen.SUPPRESSED: "S", Seen.HIDDEN: "h"}
NOBODY_SEES = ("hhhhhh",) * 3


def picture(who: Reader, action: Action, **about: object) -> str:
    """One letter for each place, and that `authorise` says the same as `may`."""
    marks = ""
    for path in PLACES.values():
        thing = Thing(path=path, **about)  # type: ignore[arg-type]
        allowed = may(who, action, thing)
        assert isinstance(allowed, bool)
        try:
            authorise(who, action, thing)
        except NotForThisReader:
            assert not allowed, (who, action, thing)
        else:
            assert allowed, (who, action, thing)
        marks += "X" if allowed else "."
    return marks


def seen(who: Reader) -> tuple[str, ...]:
    """Three pictures: how the figures of each place are shown."""
    policy = shipped_policy()
    return tuple(
        "".join(
            LETTERS[how_seen(who, Thing(path=PLACES[unit], level=LEVELS[unit], sensitivity=each), policy)]
            for unit in PLACES
        )
        for each in (Sensitivity.STANDARD, Sensitivity.SENSITIVE, Sensitivity.DEATH)
    )


def granted(who: Reader) -> dict[str, str]:
    """Each role that this person may give to somebody else, and where."""
    pictures = {role: picture(who, Action.GRANT, kind="grant", role=role, person="new@trust.example") for role in Role}
    return {role: marks for role, marks in pictures.items() if marks != NONE}


def publicly(who: Reader) -> Reader:
    return who.through_the_publics_eyes()


EACH = pytest.mark.parametrize("role", PEOPLE)


def test_the_tables_name_every_role_and_every_kind() -> None:
    assert [*PEOPLE, "operator"] == [*Role] == [*RULES]
    assert set(KINDS) == set(DETAILS)


@EACH
@pytest.mark.parametrize("action", DECIDES)
def test_decisions_of_each_kind_on_each_unit(role: str, action: Action) -> None:
    who = PEOPLE[role]
    expected = {kind: DECIDES[action].get(role, {}).get(kind, NONE) for kind in [*KINDS, "approval", "spell", "*", ""]}
    about = {"measure_id": "falls_harm", "by": "somebody@trust.example"}
    assert {kind: picture(who, action, kind=kind, **about) for kind in expected} == expected
    assert {picture(publicly(who), action, kind=kind, **about) for kind in expected} == {NONE}
    named = replace(who, audience=Audience.NAMED)
    assert {kind: picture(named, action, kind=kind, **about) for kind in expected} == expected


@EACH
def test_a_decision_about_every_unit_takes_the_whole_trust(role: str) -> None:
    who = PEOPLE[role]
    for action, table in DECIDES.items():
        for kind in KINDS:
            thing = Thing(kind=kind, measure_id="falls_harm", by="somebody@trust.example")
            assert may(who, action, thing) == (table.get(role, {}).get(kind) == ALL), (action, kind)


@EACH
def test_pages_of_each_role(role: str) -> None:
    def opened(who: Reader) -> str:
        addresses = {page: "" if page == "goals" else page for page in EVERY_PAGE}
        return " ".join(page for page, at in addresses.items() if may(who, Action.OPEN, Thing(page=at)))

    assert opened(PEOPLE[role]) == " ".join(page for page in EVERY_PAGE if page in PAGES[role].split())
    assert opened(publicly(PEOPLE[role])) == (ABOUT if role == "administrator" else f"goals {ABOUT}")


@EACH
def test_files_of_each_role(role: str) -> None:
    for action in (Action.LOAD, Action.LOAD_DEATHS, Action.DOWNLOAD):
        expected = ALL if action in FILES.get(role, set()) else NONE
        assert picture(PEOPLE[role], action) == expected, action
        assert picture(publicly(PEOPLE[role]), action) == NONE, action


@EACH
def test_figures_of_each_role(role: str) -> None:
    assert seen(PEOPLE[role]) == SEES[role]
    assert seen(publicly(PEOPLE[role])) == NOBODY_SEES


def test_the_patient_safety_lead_alone_sees_what_is_named() -> None:
    audiences = {role: RULES[Role(role)].audience for role in PEOPLE}
    assert audiences == dict.fromkeys(PEOPLE, "working") | {"patient_safety_lead": "named"}


@EACH
def test_figures_take_a_policy(role: str) -> None:
    thing = Thing(path=PLACES["TRUST"], level="trust", sensitivity=Sensitivity.STANDARD)
    assert not may(PEOPLE[role], Action.SEE, thing)
    assert may(PEOPLE[role], Action.SEE, thing, shipped_policy()) == (role != "administrator")
    assert not may(publicly(PEOPLE[role]), Action.SEE, thing, shipped_policy())
    with pytest.raises(NotForThisReader):
        authorise(PEOPLE[role], Action.SEE, thing)


def test_a_suppressed_figure_may_be_seen() -> None:
    thing = Thing(path=PLACES["W01"], level="ward", sensitivity=Sensitivity.SENSITIVE)
    authorise(PEOPLE["staff"], Action.SEE, thing, shipped_policy())


@pytest.mark.parametrize("level", ["service", "team", "hall", ""])
def test_only_trust_and_divisions_are_everybodys(level: str) -> None:
    thing = Thing(path=("S1", "SECURE", "TRUST"), level=level, sensitivity=Sensitivity.STANDARD)
    assert how_seen(PEOPLE["ward_manager"], thing, shipped_policy()) is Seen.HIDDEN


@pytest.mark.parametrize("level", ["trust", "provider", "country", "division"])
def test_trust_and_divisions_are_everybodys(level: str) -> None:
    thing = Thing(path=("ENGLAND",), level=level, sensitivity=Sensitivity.STANDARD)
    assert how_seen(PEOPLE["staff"], thing, shipped_policy()) is Seen.EXACT


@pytest.mark.parametrize(
    ("role", "sensitivity", "expected"),
    [
        ("qi_lead", Sensitivity.SENSITIVE, Seen.SUPPRESSED),  # as on a ward
        ("qi_lead", Sensitivity.STANDARD, Seen.EXACT),
        ("qi_lead", Sensitivity.DEATH, Seen.HIDDEN),
        ("patient_safety_lead", Sensitivity.SENSITIVE, Seen.EXACT),
        ("administrator", Sensitivity.SENSITIVE, Seen.HIDDEN),
    ],
)
def test_what_stands_above_few_wards_is_shown_as_they_are(role: str, sensitivity: Sensitivity, expected: Seen) -> None:
    thing = Thing(path=PLACES["LOCAL"], level="division", sensitivity=sensitivity, few_below=True)
    assert how_seen(PEOPLE[role], thing, shipped_policy()) is expected


def test_a_trust_of_few_wards_shows_its_deaths_and_not_what_is_sensitive() -> None:
    thing = Thing(path=PLACES["TRUST"], level="trust", sensitivity=Sensitivity.DEATH, few_below=True)
    assert how_seen(PEOPLE["qi_lead"], thing, shipped_policy()) is Seen.EXACT
    sensitive = replace(thing, sensitivity=Sensitivity.SENSITIVE)
    assert how_seen(PEOPLE["qi_lead"], sensitive, shipped_policy()) is Seen.SUPPRESSED
    narrow = replace(shipped_policy(), table=())
    assert how_seen(PEOPLE["qi_lead"], sensitive, narrow) is Seen.HIDDEN


def test_a_figure_of_unknown_sensitivity_is_hidden() -> None:
    thing = Thing(path=PLACES["TRUST"], level="trust")
    assert how_seen(PEOPLE["patient_safety_lead"], thing, shipped_policy()) is Seen.HIDDEN


@EACH
def test_roles_that_each_role_may_give(role: str) -> None:
    assert granted(PEOPLE[role]) == GRANTS.get(role, {})
    assert granted(publicly(PEOPLE[role])) == {}


def test_a_ward_manager_lends_the_own_ward_to_one_account_until_a_day() -> None:
    deputy = Thing(path=PLACES["W01"], kind="grant", role=Role.DEPUTY, person="new@trust.example")
    assert may(PEOPLE["ward_manager"], Action.GRANT, deputy)
    for other in (replace(deputy, ends=False), replace(deputy, person="group:wards"), replace(deputy, path=())):
        assert not may(PEOPLE["ward_manager"], Action.GRANT, other)
        assert may(PEOPLE["administrator"], Action.GRANT, other)


def test_nobody_gives_to_a_group_that_they_are_in() -> None:
    who = replace(PEOPLE["administrator"], groups=("admins", "wards"))
    for person, allowed in {"group:admins": False, "group:wards": False, "group:others": True, "admins": True}.items():
        assert may(who, Action.GRANT, Thing(kind="grant", role=Role.ANALYST, person=person)) is allowed


@EACH
def test_a_grant_is_withdrawn_by_whoever_may_give_it(role: str) -> None:
    for given in Role:
        about = {"kind": "grant", "role": given, "person": "new@trust.example", "by": "somebody@trust.example"}
        assert picture(PEOPLE[role], Action.WITHDRAW, **about) == GRANTS.get(role, {}).get(given, NONE)


def test_a_grant_without_a_role_is_refused() -> None:
    for who in [*PEOPLE.values(), operator("Ada")]:
        assert not may(who, Action.GRANT, Thing(kind="grant", path=("W01",), person="new@trust.example"))


def test_nobody_becomes_the_operator() -> None:
    assert set(PEOPLE) == GRANTABLE
    for who in [*PEOPLE.values(), operator("Ada")]:
        assert not may(who, Action.GRANT, Thing(kind="grant", role=Role.OPERATOR, person="new@trust.example"))


def test_the_operator_does_everything_but_open_pages_and_approve_their_own() -> None:
    who = operator("Ada Example")
    assert who == Reader(Role.OPERATOR, Audience.NAMED, name="Ada Example")
    for action in (Action.PROPOSE, Action.APPROVE, Action.WITHDRAW):
        assert {picture(who, action, kind=kind, by="Ben") for kind in KINDS if kind != "grant"} == {ALL}
    for action in (Action.LOAD, Action.LOAD_DEATHS, Action.DOWNLOAD):
        assert picture(who, action) == ALL
    assert granted(who) == dict.fromkeys(PEOPLE, ALL)
    assert seen(who) == ("EEEEEE",) * 3
    assert not any(may(who, Action.OPEN, Thing(page=page)) for page in ["", *EVERY_PAGE])
    assert picture(who, Action.APPROVE, kind="goal", by="ada  example") == NONE


SPELLINGS = [
    "ada@trust.example",
    "ADA@Trust.Example",
    "  ada@trust.example\t",
    "\u00a0ada@trust.example\u2003",  # a no-break space and an em space
    "ａｄａ@ｔｒｕｓｔ.ｅｘａｍｐｌｅ",  # full width
    "ada\u200b@trust\u200d.example\ufeff",  # zero width
    "a\u00adda@trust.example",  # a soft hyphen
    "\u202eada@trust.example",  # written from right to left
]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("role", [role for role in APPROVES if role != "administrator"])
def test_whoever_proposes_never_approves_however_the_name_is_written(role: str, spelling: str) -> None:
    who = replace(PEOPLE[role], account="ada@trust.example", measures=("falls_harm",))
    for kind in APPROVES[role]:
        thing = Thing(path=PLACES["W01"], kind=kind, measure_id="falls_harm", by=spelling)
        assert not may(who, Action.APPROVE, thing)
        assert not may(replace(who, account=spelling), Action.APPROVE, replace(thing, by="ada@trust.example"))
        assert may(who, Action.APPROVE, replace(thing, by="ben@trust.example"))
        with pytest.raises(NotForThisReader, match="proposed this"):
            authorise(who, Action.APPROVE, thing)


@EACH
@pytest.mark.parametrize("approved", [False, True])
def test_whoever_proposes_takes_it_back_until_somebody_approves_it(role: str, approved: bool) -> None:
    who = PEOPLE[role]
    expected = APPROVES.get(role, {}) if approved else PROPOSES.get(role, {}) | APPROVES.get(role, {})
    about = {"measure_id": "falls_harm", "by": who.account.upper(), "approved": approved}
    for kind in KINDS:
        assert picture(who, Action.WITHDRAW, kind=kind, **about) == expected.get(kind, NONE), kind


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("role", ["administrator", "ward_manager", "operator"])
def test_nobody_gives_to_themselves(role: str, spelling: str) -> None:
    who = operator("ada@trust.example") if role == "operator" else replace(PEOPLE[role], account="ada@trust.example")
    thing = Thing(path=PLACES["W01"], kind="grant", role=Role.DEPUTY, person=spelling)
    assert not may(who, Action.GRANT, thing)
    assert may(who, Action.GRANT, replace(thing, person="ben@trust.example"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Zoë", "Zoe\u0308", True),  # one letter or two
        ("Weiß", "WEISS", True),
        ("ﬁona", "fiona", True),
        ("Ada  Example", "ada example", True),
        ("Ada Example", "AdaExample", False),
        ("ada", "ada.", False),
        ("ada", "аda", False),  # a Cyrillic letter is another letter
        ("", "", True),
        ("", "ada", False),
    ],
)
def test_same_person_by_the_name_as_it_is_read(one: str, other: str, same: bool) -> None:
    assert same_person(one, other) is same
    assert same_person(other, one) is same


@pytest.mark.parametrize(
    "spelling",
    ["Zoe\u200b\u0308", "Zoë\u034f", "Zoë\ufe0f", "Zoë\u3164"],
    ids=["unseen between letter and dots", "grapheme joiner", "variation selector", "Hangul filler"],
)
def test_same_person_with_other_letters_that_nobody_sees(spelling: str) -> None:
    assert same_person(spelling, "Zoë")


UNSEEN = [
    0x00AD,
    0x034F,
    0x061C,
    0x115F,
    0x1160,
    0x17B4,
    0x17B5,
    0x180B,
    0x180C,
    0x180D,
    0x180E,
    0x180F,
    0x200B,
    0x200F,
]
UNSEEN += [0x202A, 0x202E, 0x2060, 0x2064, 0x2065, 0x2066, 0x206F, 0x3164, 0xFE00, 0xFE0F, 0xFEFF, 0xFFA0]
UNSEEN += [0x1BCA0, 0x1D173, 0xE0000, 0xE0001, 0xE0020, 0xE007F, 0xE0100, 0xE01EF, 0xE0FFF]
NEXT_TO_THEM = [
    0x115E,
    0x1161,
    0x17B3,
    0x17B6,
    0x180A,
    0x1810,
    0x3163,
    0x3165,
    0xFDFF,
    0xFE10,
    0xFFA1,
    0xDFFFF,
    0xE1000,
]


@pytest.mark.parametrize("letter", UNSEEN, ids=hex)
def test_same_person_with_each_letter_that_nobody_sees(letter: int) -> None:
    assert same_person(f"Z{chr(letter)}o{chr(letter)}ë", "Zoë")


@pytest.mark.parametrize("letter", NEXT_TO_THEM, ids=hex)
def test_another_person_with_each_letter_that_stands_beside_those(letter: int) -> None:
    assert not same_person(f"Zoë{chr(letter)}", "Zoë")


def test_an_executive_approves_goals_of_owned_measures_only() -> None:
    who = PEOPLE["executive_owner"]
    for measure_id in ("restraint", "", "falls_harm2", "FALLS_HARM"):
        assert picture(who, Action.APPROVE, kind="goal", measure_id=measure_id, by="qi") == NONE
    assert picture(replace(who, measures=()), Action.APPROVE, kind="goal", measure_id="falls_harm", by="qi") == NONE
    assert picture(who, Action.APPROVE, kind="edition", by="qi") == ALL
    assert picture(operator("Ada"), Action.APPROVE, kind="goal", measure_id="restraint", by="qi") == ALL


def test_an_executive_withdraws_goals_of_owned_measures_only() -> None:
    assert picture(PEOPLE["executive_owner"], Action.WITHDRAW, kind="goal", measure_id="restraint") == NONE


def test_units_that_were_granted_narrow_a_role_of_the_whole_trust() -> None:
    who = replace(PEOPLE["qi_lead"], units=("LOCAL",))
    assert who.reach is Reach.UNITS
    assert picture(who, Action.PROPOSE, kind="idea") == OWN_DIVISION
    assert seen(who) == SEES["division_lead"]
    for action in (Action.LOAD, Action.LOAD_DEATHS):  # a file is of the whole trust
        assert picture(replace(PEOPLE["patient_safety_lead"], units=("LOCAL",)), action) == NONE
    assert picture(replace(PEOPLE["qi_lead"], units=("LOCAL",)), Action.LOAD) == NONE
    assert PEOPLE["qi_lead"].reach is Reach.TRUST


def test_a_role_of_units_without_any_speaks_for_nothing() -> None:
    for role in UNITS:
        who = replace(PEOPLE[role], units=())
        assert who.reach is Reach.UNITS
        assert picture(who, Action.PROPOSE, kind="idea") == NONE
        assert seen(who) == ("hhhEEE", "hhhEEE", "hhhhhE")


def test_units_do_not_open_figures_to_an_administrator() -> None:
    who = replace(PEOPLE["administrator"], units=("TRUST",))
    assert who.reach is Reach.NOTHING
    assert seen(who) == NOBODY_SEES
    assert not who.speaks_for(PLACES["W01"])


@pytest.mark.parametrize(
    ("who", "key"),
    [
        (PEOPLE["qi_lead"], "working:*"),
        (publicly(PEOPLE["qi_lead"]), "public:*"),
        (PEOPLE["patient_safety_lead"], "named:*"),
        (replace(PEOPLE["ward_manager"], units=("W02", "W01")), "working:W01,W02"),
        (replace(PEOPLE["qi_lead"], units=("W01",)), "working:W01"),
        (replace(PEOPLE["staff"], units=()), "working:"),
        (replace(PEOPLE["administrator"], units=("W01",)), "working:-"),
    ],
)
def test_the_key_of_a_reader_says_what_an_answer_depends_on(who: Reader, key: str) -> None:
    assert who.key == key


@pytest.mark.parametrize("code", ["W01,W02", "W01\\,W02", "W01\\", "W01,"])
def test_the_key_of_a_reader_tells_a_code_with_a_comma_from_two_codes(code: str) -> None:
    others = [("W01", "W02"), ("W01\\", "W02"), ("W01",), ("", "W01")]
    keys = {Reader(Role.STAFF, units=units).key for units in [(code,), *others]}
    assert len(keys) == 5


@pytest.mark.parametrize(
    ("account", "name", "signature"),
    [
        ("ada@trust.example", "Ada", "ada@trust.example"),
        ("", "Ada", "Ada"),
        ("", "", "ward manager (not signed in)"),
    ],
)
def test_signature_is_who_did_it(account: str, name: str, signature: str) -> None:
    assert Reader(Role.WARD_MANAGER, account=account, name=name).signature == signature


def test_the_publics_eyes_are_the_same_persons() -> None:
    who = PEOPLE["ward_manager"]
    assert publicly(who) == replace(who, audience=Audience.PUBLIC)


def test_a_reader_of_a_bare_role_is_nobody_and_speaks_for_nothing_in_particular() -> None:
    assert Reader(Role.STAFF) == Reader(Role.STAFF, Audience.WORKING, (), (), "", "", ())
    nothing = {
        "measure_id": "",
        "sensitivity": None,
        "kind": "",
        "by": "",
        "approved": False,
        "role": None,
        "person": "",
    }
    assert Thing() == Thing("", (), "", few_below=False, ends=True, **nothing)
    assert [*Reach] == ["the whole trust", "the units that were granted", "no unit"]


@pytest.mark.parametrize("thing", [PEOPLE["staff"], Thing(), RULES[Role.STAFF]])
def test_nobody_widens_a_role_in_passing(thing: object) -> None:
    with pytest.raises(AttributeError):
        thing.units = ("TRUST",)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("role", "action", "thing", "says"),
    [
        ("ward_manager", Action.OPEN, Thing(page="upload"), "Your role (ward manager) does not include this: open upload."),
        ("staff", Action.PROPOSE, Thing(kind="zero_return"), "Your role (staff) does not include this: propose zero return."),
        ("qi_lead", Action.DOWNLOAD, Thing(), "Your role (qi lead) does not include this: download."),
        ("analyst", Action.LOAD_DEATHS, Thing(), "Your role (analyst) does not include this: load deaths."),
        ("qi_lead", Action.LOAD_DEATHS, Thing(), "Your role (qi lead) does not include this: load deaths."),
        ("staff", Action.LOAD, Thing(), "Your role (staff) does not include this: load."),
        ("staff", Action.SEE, Thing(), "Your role (staff) does not include this: see."),
        ("staff", Action.APPROVE, Thing(kind="goal"), "Your role (staff) does not include this: approve goal."),
        ("staff", Action.WITHDRAW, Thing(kind="goal"), "Your role (staff) does not include this: withdraw goal."),
        ("staff", Action.GRANT, Thing(), "Your role (staff) does not include this: grant."),
        (
            "analyst",
            Action.APPROVE,
            Thing(kind="sign_off", by=" ANALYST@trust.example"),
            "analyst@trust.example proposed this sign off and cannot approve it; ask somebody else.",
        ),
    ],
)  # fmt: skip
def test_authorise_says_no_in_one_sentence(role: str, action: Action, thing: Thing, says: str) -> None:
    with pytest.raises(NotForThisReader) as refused:
        authorise(PEOPLE[role], action, thing)
    assert str(refused.value) == says


@pytest.mark.parametrize("action", ["destroy", "", None])
def test_an_unknown_action_is_never_allowed(action: object) -> None:
    with pytest.raises(KeyError):
        may(operator("Ada"), action, Thing())  # type: ignore[arg-type]


@pytest.mark.parametrize("role", ["owner", "", "Operator", "board member"])
def test_an_unknown_role_is_refused(role: str) -> None:
    with pytest.raises(ValueError, match="not a valid Role"):
        Role(role)
