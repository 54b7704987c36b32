"""The change ideas that the sample trust has recorded: the programme on its pilot wards, and three others."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from data.decisions import Proposal
from data.synthetic.figures import Figures
from data.synthetic.truths import PROGRAMME


@dataclass(frozen=True)
class Row:
    """One row of an idea: the month that it is about, and what is written; `carries_on`: the idea of its unit and measure."""

    month: int
    unit: str
    measure: str
    reason: str
    detail: dict[str, Any]
    carries_on: bool = False


_PROGRAMME: dict[str, Any] = {
    "title": "Restraint programme",
    "text": "Safety huddles at each handover, a sensory room, a debrief with the patient after every restraint.",
    "state": "try",
    "predicted": "40 % less restraint within a year",
    "where": "Whole ward, all shifts",
    "cost": "£9,000 a ward for the sensory room",
    "owner": "Nurse consultant, reducing restrictive practice",
    "from_whom": "staff",
}
# What became of it by the summer of its second year, on the wards that have said so.
_AFTERWARDS = {
    "W02": ("adopt", "Huddles are quick once the board is on the wall. Patients ask for the sensory room themselves."),
    "W04": ("adopt", "Debriefs took three months to become usual. Weekend shifts needed a huddle of their own."),
    "W06": ("adopt", "Agency staff are told of the huddle as they arrive; without that it fell away at night."),
    "W26": ("adapt", "The sensory room is too far from the bays. Sensory boxes on each bay are tried instead."),
}
_QUIET: dict[str, Any] = {
    "title": "Quiet room open at night",
    "text": "The quiet room stays open through the night, with the light low and somebody to talk to.",
    "state": "try",
    "predicted": "Fewer people hurt themselves between ten at night and six",
    "where": "Quiet room, nights",
    "owner": "Ward manager",
    "from_whom": "person_served",
}
_ALARMS: dict[str, Any] = {
    "title": "Alarms on chairs",
    "text": "A mat on the chair tells staff when somebody gets up.",
    "state": "try",
    "predicted": "A third fewer falls within half a year",
    "where": "Day room",
    "cost": "£2,400",
    "owner": "Physiotherapy lead",
    "from_whom": "staff",
}
_SHOES: dict[str, Any] = {
    "title": "Own shoes and a bed at the right height",
    "text": "Families bring shoes that fit, and the bed is set to the height that the person can rise from.",
    "state": "try",
    "predicted": "Fewer falls beside the bed",
    "where": "Bedrooms",
    "owner": "Ward manager",
    "from_whom": "carer",
}


def ideas() -> Iterator[Row]:
    """Every row, in the order in which they were written."""
    for unit in PROGRAMME.units:
        yield Row(PROGRAMME.first, unit, "restraint_all", "Pilot wards of the programme.", _PROGRAMME)
    yield Row(38, "W18", "falls_all", "Two falls from chairs in a week.", _ALARMS)
    yield Row(46, "W17", "falls_all", "A family asked why slippers are handed out.", _SHOES)
    for unit, (state, learnt) in _AFTERWARDS.items():
        said = {"text": _PROGRAMME["text"], "state": state, "learnt": learnt}
        yield Row(45, unit, "restraint_all", "A year of it looked at with the ward.", said, carries_on=True)
    learnt = "The alarms woke people and brought nobody in time. Falls went on as before."
    said = {"text": "The mats are taken away.", "state": "abandon", "learnt": learnt}
    yield Row(47, "W18", "falls_all", "Half a year of it looked at with the ward.", said, carries_on=True)
    yield Row(54, "W11", "self_harm", "Said by people on the ward at their community meeting.", _QUIET)


def proposal_of(row: Row, figures: Figures, follows: int | None) -> Proposal:
    """A row as it is proposed; `follows`: the number of the idea that it carries on."""
    detail = row.detail | ({"follows": follows} if follows else {})
    return Proposal("idea", row.reason, row.measure, row.unit, figures.month(row.month), None, detail)
