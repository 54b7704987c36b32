"""What `control_chart` gives back: verdicts at once, and arrays of points when they are asked for.

A chart keeps of its points what cannot be made again: the values, a byte or two of flags, and the lines as narrow as
they are (one figure a phase where they are level). A hundred thousand charts are then two hundred megabytes less.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import states
from .inputs import Call
from .limits import INNER, PROPORTIONS, SIGMAS, SIGNED, Limits
from .points import BITS, Bools, Floats, Ints, Strings
from .runs import Runs
from .store import Lines, Store


@dataclass(frozen=True)
class Drawn:
    """The points of all series, as narrow as they go: `value`, `bits` and each of `flags` are (n_series, n_points)."""

    kind: str
    better: str
    multiplier: float
    keys: tuple[str, ...]
    undirected: frozenset[str]
    shape: tuple[int, ...]
    value: Floats
    bits: states.Bits
    flags: tuple[NDArray[np.uint8], ...]
    lines: Lines

    def points(self, figures: NDArray[Any]) -> NDArray[Any]:
        """Figures of points in the shape of the chart; a stand-in for no points at all has too many."""
        return figures[:, : self.shape[-1]].reshape(self.shape)

    def line(self, figures: Floats) -> Floats:
        """A line in the shape of the chart, from one figure a segment or one a point."""
        n_series, n_points = self.value.shape
        if figures.size == self.value.size:
            return self.points(figures.reshape(n_series, n_points))
        if self.lines.lengths is not None:
            return self.points(np.repeat(figures, self.lines.lengths).reshape(n_series, n_points))
        lead = self.shape[:-1]
        return np.broadcast_to(figures[:n_series].reshape(*lead, 1), self.shape)

    def limit(self, figures: Callable[[Limits], Floats]) -> Floats:
        """A line made of the others. Where some stand one a segment and some one a point, all are opened first."""
        limits = self.lines.limits
        parts = (limits.middle, limits.below, limits.above, limits.centre)
        if len({part.size for part in parts}) == 1:
            return self.line(figures(limits))
        middle, below, above, centre = (self.line(part) for part in parts)
        return figures(Limits(middle, below, above, centre, limits.power))

    def series(self, i: int) -> "Drawn":
        """Series i alone."""
        n_series, n_points = self.value.shape
        first, last, lengths = i, i + 1, self.lines.lengths
        if lengths is not None:
            first = int(np.searchsorted(self._ends, i * n_points, side="right"))
            last = int(np.searchsorted(self._ends, (i + 1) * n_points)) + 1
            lengths = lengths[first:last]

        def cut(figures: Floats) -> Floats:
            one_a_point = figures.size == n_series * n_points
            return figures[i * n_points : (i + 1) * n_points] if one_a_point else figures[first:last]

        limits = self.lines.limits
        lines = Limits(cut(limits.middle), cut(limits.below), cut(limits.above), cut(limits.centre), limits.power)
        return replace(
            self,
            shape=self.shape[-1:],
            value=self.value[i : i + 1],
            bits=self.bits[i : i + 1],
            flags=tuple(plane[i : i + 1] for plane in self.flags),
            lines=Lines(lines, lengths),
        )

    @cached_property
    def _ends(self) -> Ints:
        assert self.lines.lengths is not None
        return np.cumsum(self.lines.lengths)

    def flag(self, position: int) -> Bools:
        return self.points((self.flags[position // BITS] & np.uint8(1 << position % BITS)) != 0)


@dataclass(frozen=True)
class ControlChart:
    """Lines, signals and verdicts. Arrays of points are None where `control_chart` was asked to leave them out.

    Attributes
    ----------
    value, centre, lower, upper, inner_lower, inner_upper, computed_lower, computed_upper, sigma
        (..., n_points), in the units shown; NaN where there is none. `lower` and `upper` are as drawn: cut at 0
        and at 100 %. Rules and assurance use `computed_*`. `sigma` is a third of the way to the upper limit; that of
        a t chart is on its scale y ** (1/3.6).
    usable
        (..., n_points): reported and not excluded, which is what the rules see.
    state
        (..., n_points) of common_cause, improvement_*, concern_*, neither_* (high or low), early_warning, none.
    signals
        Rule key -> flags (..., n_points): every rule's, whatever the others found. `signals_high`, `signals_low`:
        the same by direction, for rules that have one.
    improvement
        (..., n_points): where a signal in the better direction rests on settled, undoubted months alone.
    variation, assurance, reason
        (...), strings; `reason` says why there is no verdict or no improvement, else ''.
    mixed, trial, n_used
        (...): concern and improvement both there; trial limits; how many points set the last phase's limits.
    open_gap_signal, open_gap_limit
        (...): the gap that is still open is longer than the upper limit; and that limit (NaN unless t or g).
    runs
        Anhøj's figures of the last phase, (...); None under other rule sets.
    drawn
        What the arrays of points are made from.
    """

    kind: str
    rules: str
    direction: str
    variation: Strings
    assurance: Strings
    mixed: Bools
    trial: Bools
    n_used: Ints
    reason: Strings
    open_gap_signal: Bools
    open_gap_limit: Floats
    runs: Runs | None
    drawn: Drawn | None

    @cached_property
    def value(self) -> Floats | None:
        return None if self.drawn is None else self.drawn.points(self.drawn.value)

    @cached_property
    def centre(self) -> Floats | None:
        return self._line(lambda limits: limits.centre)

    @cached_property
    def computed_lower(self) -> Floats | None:
        return self._line(lambda limits: limits.lower())

    @cached_property
    def computed_upper(self) -> Floats | None:
        return self._line(lambda limits: limits.upper())

    @cached_property
    def inner_lower(self) -> Floats | None:
        return self._line(lambda limits: limits.lower(INNER))

    @cached_property
    def inner_upper(self) -> Floats | None:
        return self._line(lambda limits: limits.upper(INNER))

    @cached_property
    def sigma(self) -> Floats | None:
        return self._line(lambda limits: limits.above / SIGMAS)

    @cached_property
    def lower(self) -> Floats | None:
        """The computed one cut at 0, but for a series of signed figures that itself goes below."""
        if self.computed_lower is None or self.value is None:
            return None
        cut = np.maximum(self.computed_lower, 0.0)
        if self.kind not in SIGNED:
            return cut
        signed = (self.value < 0).any(axis=-1, keepdims=True)
        return np.where(signed, self.computed_lower, cut) if signed.any() else cut

    @cached_property
    def upper(self) -> Floats | None:
        if self.drawn is None or self.computed_upper is None or self.kind not in PROPORTIONS:
            return self.computed_upper
        return np.minimum(self.computed_upper, self.drawn.multiplier)

    @cached_property
    def usable(self) -> Bools | None:
        return None if self.drawn is None else self.drawn.points((self.drawn.bits & states.ABSENT) == 0)

    @cached_property
    def state(self) -> Strings | None:
        return None if self.drawn is None else self.drawn.points(states.state_names(self.drawn.better)[self.drawn.bits])

    @cached_property
    def improvement(self) -> Bools | None:
        if self.drawn is None:
            return None
        wanted = 0 if self.drawn.better == "neutral" else states.IMPROVEMENT  # the bit has another meaning there
        return self.drawn.points((self.drawn.bits & (states.IMPROVEMENT | states.TRIAL)) == (wanted or 0xFF))

    @cached_property
    def signals(self) -> dict[str, Bools] | None:
        kept = self.drawn
        if kept is None:
            return None
        return {key: kept.flag(2 * i) | kept.flag(2 * i + 1) for i, key in enumerate(kept.keys)}

    @cached_property
    def signals_high(self) -> dict[str, Bools] | None:
        return self._directed(0)

    @cached_property
    def signals_low(self) -> dict[str, Bools] | None:
        return self._directed(1)

    def series(self, *index: int) -> "ControlChart":
        """The chart of one series, by its place on each leading axis."""
        lead = self.n_used.shape
        flat = int(np.ravel_multi_index(index, lead))
        figures = {f.name: getattr(self, f.name) for f in fields(self)}
        picked = {name: array[index] for name, array in figures.items() if isinstance(array, np.ndarray)}
        runs = self.runs and Runs(*(getattr(self.runs, f.name)[index] for f in fields(self.runs)))
        return replace(self, **picked, runs=runs, drawn=self.drawn and self.drawn.series(flat))

    def _line(self, figures: Callable[[Limits], Floats]) -> Floats | None:
        return None if self.drawn is None else self.drawn.limit(figures)

    def _directed(self, side: int) -> dict[str, Bools] | None:
        kept = self.drawn
        if kept is None:
            return None
        return {key: kept.flag(2 * i + side) for i, key in enumerate(kept.keys) if key not in kept.undirected}


def drawn(call: Call, shape: tuple[int, ...], store: Store) -> Drawn:
    """What a chart keeps of its points."""
    keys = tuple(call.rule_set.rules)
    planes = -(-2 * len(keys) // BITS)
    return Drawn(
        kind=call.kind,
        better=call.better,
        multiplier=call.multiplier,
        keys=keys,
        undirected=call.rule_set.undirected,
        shape=shape,
        value=store.points("value"),
        bits=store.points("bits"),
        flags=tuple(store.points(f"flags {i}") for i in range(planes)),
        lines=store.lines(),
    )
