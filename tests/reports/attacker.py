"""Somebody outside who wants to know a hidden count: he has the packs, every denominator, and an integer program.

Written apart from the auditor: nothing of it, and nothing of what makes the packs, is used here. He is granted more than a
reader has: which counts were revised between two packs and which way, and each month of a chart whose lines are shown.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import lil_array

FAR = 10**6


@dataclass
class Attacker:
    """What he has read, as rows: (unknowns added, unknowns taken away, least, most)."""

    threshold: int = 5
    rounding: int = 5
    place: dict[Hashable, int] = field(default_factory=dict)
    rows: list[tuple[list[int], list[int], float, float]] = field(default_factory=list)
    _matrix: object = None

    def reads(self, unknowns: Iterable[Hashable], least: float, most: float, less: Iterable[Hashable] = ()) -> None:
        self.rows.append((self._places(unknowns), self._places(less), least, most))
        self._matrix = None

    def reads_count(self, unknowns: Sequence[Hashable], text: str) -> None:
        """`<5`, `1,025`; `hidden` and a dash tell nothing."""
        if text.startswith("<"):
            self.reads(unknowns, 0, int(text[1:]) - 1)
        elif text[0].isdigit():
            told = int(text.replace(",", ""))
            same = [
                n for n in range(max(0, told - self.rounding), told + self.rounding + 1) if self._rounded(n) == told
            ]
            self.reads(unknowns, same[0], same[-1])

    def reads_rate(self, unknowns: Sequence[Hashable], text: str, per: float, size: float, digits: int = 0) -> None:
        """A rate of a denominator that he knows; the middle is rounded up, or away, so he takes both."""
        text = "0" if text == "under 1" else text
        if text[0].isdigit():
            told, half = float(text.replace(",", "")), 0.5 / 10**digits
            least, most = np.ceil((told - half) * size / per - 1e-9), np.floor((told + half) * size / per + 1e-9)
            self.reads(unknowns, max(least, self.threshold if digits == 0 else 0), most)

    def reads_share(self, unknowns: Sequence[Hashable], text: str, size: int) -> None:
        """`84 %`: both parts are at least the threshold."""
        if text[0].isdigit():
            inside = range(self.threshold, size - self.threshold + 1)
            same = [n for n in inside if f"{100 * n / size:.0f} %" == text]
            self.reads(unknowns, same[0], same[-1])

    def could_be(self, unknowns: Iterable[Hashable]) -> tuple[int, int]:
        """The least and the most that a sum may be, for all that he has read."""
        places = self._places(unknowns)
        cost = np.zeros(len(self.place))
        np.add.at(cost, places, 1.0)
        ends = []
        for sign in (1, -1):
            found = milp(
                sign * cost,
                integrality=np.ones(len(cost)),
                bounds=(0, FAR),
                constraints=self._constraint(len(cost)),
            )
            assert found.status == 0, found.message
            ends.append(round(float(sign * found.fun)))
        return ends[0], ends[1]

    def _constraint(self, n: int) -> LinearConstraint | tuple[()]:
        if not self.rows:
            return ()
        if self._matrix is None:
            matrix = lil_array((len(self.rows), n))
            for i, (plus, minus, _, _) in enumerate(self.rows):
                for places, sign in ((plus, 1), (minus, -1)):
                    for place in places:
                        matrix[i, place] += sign
            self._matrix = matrix.tocsr()
        return LinearConstraint(self._matrix, [row[2] for row in self.rows], [row[3] for row in self.rows])

    def _rounded(self, count: int) -> int:
        if count < self.threshold:
            return -1
        least = -(-self.threshold // self.rounding) * self.rounding
        return max(least, (2 * count + self.rounding) // (2 * self.rounding) * self.rounding)

    def _places(self, unknowns: Iterable[Hashable]) -> list[int]:
        for each in list(unknowns):
            if each not in self.place:
                self.place[each] = len(self.place)
                self._matrix = None
        return [self.place[each] for each in unknowns]
