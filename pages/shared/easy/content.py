"""The Easy read page as sentences and pictures, from a signed-off edition: the page and its files show the same.

Exact figures go in; what comes out is for everybody. No Streamlit here: the reports call the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from data.access import Reader, Role
from data.editions import Edition, signed_editions
from data.store import Store
from metrics.measure import Goal, Kind, Measure
from pages.shared.analysis import read_one
from pages.shared.easy.safe import to_protect
from pages.shared.easy.state import State, goal_state, state_of, state_of_survey
from pages.shared.wording import easy as said

# Computed as the board sees it and masked last: of what this reader is given, only `State` leaves this module.
BOARD = Reader(Role.BOARD_MEMBER)
PUBLIC = BOARD.through_the_publics_eyes()


@dataclass(frozen=True)
class Block:
    """One idea with its picture (pages/charts/easy_pictures.py): what it is about, and what is told of it."""

    picture: str
    says: tuple[str, ...]
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class EasyRead:
    """All that is shown, in its order; `trust` is '' where the store holds national files only."""

    trust: str
    version: int
    up_to: date
    warning: Block
    goals: tuple[Block, ...]
    end: tuple[Block, ...]

    @property
    def title(self) -> str:
        return f"{said.TITLE} {self.trust}".strip()

    @property
    def blocks(self) -> tuple[Block, ...]:
        return (self.warning, *self.goals, *self.end)


def newest_checked(store: Store) -> Edition | None:
    """The edition that the public is shown: the newest that somebody has signed off."""
    return next(iter(signed_editions(store, PUBLIC)), None)


def easy_read(store: Store, edition: Edition) -> EasyRead:
    """What the edition says in easy words; `store`: opened at its version.

    Raises NotSafe where that would give a small count away beside what was published, and StoreError where that is not known.
    """
    trust = next((unit for unit in store.unit_names if unit.level == "trust"), None)
    code = trust.code if trust else ""
    end = (
        Block(
            "checked",
            said.checked(edition.signed_off_on or edition.meeting_on, edition.data_up_to),
            said.SAMPLE if store.home.is_sample else (),  # a file of it has no banner
        ),
        Block("help", (said.HELP,), said.short_lines(store.branding.help_line)),
        Block("draft", said.DRAFT),
    )
    return EasyRead(
        trust.name if trust else "",
        edition.version,
        edition.data_up_to,
        Block("pause", said.WARNING),
        tuple(_goals(store, code)),
        end,
    )


def states_told(store: Store, trust: str) -> dict[str, State]:
    """The state of each measure that speaks for a goal, by its id; deaths have none."""
    speaking = (m for m in store.catalogue.values() if m.headline and m.kind is not Kind.DEATH)
    return {measure.id: _state(store, measure, trust) for measure in speaking}


def _goals(store: Store, trust: str) -> Iterator[Block]:
    states = states_told(store, trust)
    states |= dict.fromkeys(to_protect(store, states), State.SMALL)
    for goal in Goal:
        found = [m for m in store.catalogue.values() if m.goal is goal and m.headline]
        found.sort(key=lambda measure: not measure.public)
        if found:
            wanted = said.WANTED.get(goal, (found[0].easy_read,))
            if found[0].kind is Kind.DEATH:
                yield Block(goal, wanted)
                yield Block("candle", *_deaths(store, found[0]))
            else:
                state = goal_state([(measure, states[measure.id]) for measure in found])
                yield Block(goal, wanted, said.STATES[state])


def _deaths(store: Store, measure: Measure) -> tuple[tuple[str, ...], ...]:
    """The newest whole year of the public's own table: another year would overlap with it and narrow both counts."""
    table = store.public_table(PUBLIC)
    newest = table[table["measure_id"] == measure.id].sort_values("year").tail(1)
    if newest.empty:
        return (said.STATES[State.INCOMPLETE],)
    year, shown = int(newest["year"].iloc[0]), str(newest["shown"].iloc[0])
    if shown == store.policy.masking.count(0):  # the class of the small ones, which nought is in
        return (said.STATES[State.SMALL],)
    return (said.died(shown, year, store.branding.financial_year_begins),)


def _state(store: Store, measure: Measure, trust: str) -> State:
    if measure.months > 1:
        frame = store.periods(BOARD)
        mine = frame["measure_id"].eq(measure.id) & frame["unit_code"].eq(trust) & frame["breakdown"].eq("")
        counts = frame[mine & frame["state"].eq("reported")].sort_values("period_start")
        return state_of_survey([*zip(counts["numerator"], counts["denominator"], strict=True)], store.policy.masking)
    return state_of(read_one(store, BOARD, measure.id, trust), store.branding.financial_year_begins)
