"""The sample trust: four divisions, about sixty wards and teams, none of them real."""

from dataclasses import dataclass

TRUST = "TRUST"
DIVISIONS = {
    "LOCAL": "Local division",
    "SECURE": "Secure division",
    "SLD": "Specialist Learning Disability division",
    "COMM": "Community division",
}

# division -> ward type -> names. A team has a caseload and no beds.
_NAMES = {
    "LOCAL": {
        "acute": [
            "Alder",
            "Ash",
            "Aspen",
            "Beech",
            "Birch",
            "Cedar",
            "Cherry",
            "Cypress",
            "Elm",
            "Hazel",
            "Hornbeam",
            "Juniper",
        ],
        "intensive care": ["Larch", "Linden", "Maple"],
        "older adult": ["Oak", "Olive", "Pine", "Poplar", "Rowan", "Spruce"],
        "rehabilitation": ["Sycamore", "Willow", "Yew"],
    },
    "SECURE": {
        "medium secure": ["Curlew", "Dipper", "Dunlin", "Fulmar", "Gannet", "Heron", "Kestrel", "Kittiwake"],
        "low secure": ["Lapwing", "Linnet", "Merlin", "Osprey", "Plover", "Redwing"],
        "high secure": ["Siskin", "Wren"],
    },
    "SLD": {
        "forensic learning disability": ["Brook", "Coast", "Dale", "Fell"],
        "assessment and treatment": ["Glen", "Heath", "Moor", "Shore"],
    },
    "COMM": {
        "community rehabilitation": ["Amber", "Coral", "Garnet", "Jade", "Opal", "Pearl"],
        "team": ["Northside", "Eastside", "Southside", "Westside", "Harbour", "Riverside", "Oldtown", "Newtown"],
    },
}
_BEDS = {
    "acute": 18,
    "intensive care": 10,
    "older adult": 16,
    "rehabilitation": 14,
    "medium secure": 15,
    "low secure": 16,
    "high secure": 12,
    "forensic learning disability": 12,
    "assessment and treatment": 8,
    "community rehabilitation": 20,
}


@dataclass(frozen=True)
class Ward:
    """A ward, or a team (no beds), with its type and the division it belonged to at first."""

    code: str
    name: str
    division: str
    kind: str
    beds: int

    @property
    def is_team(self) -> bool:
        return self.beds == 0


def _wards() -> tuple[Ward, ...]:
    wards: list[Ward] = []
    for division, kinds in _NAMES.items():
        for kind, names in kinds.items():
            for i, name in enumerate(names):
                code = f"W{len(wards) + 1:02d}"
                suffix = "team" if kind == "team" else "ward"
                beds = _BEDS.get(kind, 0) + (i % 3 - 1) * 2 if kind != "team" else 0
                wards.append(Ward(code, f"{name} {suffix}", division, kind, beds))
    # The ward that opens when two others merge (data/synthetic/truths.py).
    wards.append(Ward("W63", "Holly ward", "LOCAL", "older adult", 24))
    return tuple(wards)


WARDS = _wards()
BY_CODE = {ward.code: ward for ward in WARDS}
