"""What `control_chart` accepts: arguments checked and brought to the shape (n_series, n_points)."""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arguments import known, refuse
from .limits import CHARTS, COUNTS, GAPS, NEED_DENOMINATOR, NO_DENOMINATOR, PROPORTIONS, RANGES, SUBGROUPS
from .points import Bools, Floats
from .ranges import Options
from .rules import RULE_SETS, RuleSet

DIRECTIONS = ("lower", "higher", "neutral")
GAP_RULES = ("break", "bridge")
DEFAULT_RULES = {"run": "anhoej", "mr": "outside", "s": "outside"}  # and mdc for the rest


@dataclass(frozen=True)
class Call:
    """What is the same for all series of a call. `better`: high, low or neutral, of the value plotted."""

    kind: str
    rule_set: RuleSet
    options: Options
    better: str
    multiplier: float
    min_points: int
    points: bool


@dataclass(frozen=True)
class Data:
    """The arrays of a call, as rows: one series a row. `shape` is the numerator's own."""

    shape: tuple[int, ...]
    numerator: Floats
    denominator: Floats | None
    spread: Floats | None
    phase: NDArray[Any] | None
    baseline: Bools | None
    excluded: Bools | None
    unsettled: Bools | None
    doubtful: Bools | None
    target: Floats | None
    open_gap: Floats | None
    open_gap_doubtful: Bools | None


def check_numbers(multiplier: float, min_points: int) -> None:
    """Raise ValueError for a multiplier that would turn a chart over, or a number of points that is none."""
    if not 0 < multiplier < np.inf:
        raise ValueError(f"multiplier must be above 0 and finite, not {multiplier:g}")
    if min_points < 1:
        raise ValueError(f"min_points must be at least 1, not {min_points}")


def check_options(kind: str, direction: str, gaps: str, screen: bool, spread: object, open_gap: object) -> None:
    """Raise ValueError for an option that is not built or does not go with this kind of chart."""
    known("kind", kind, CHARTS)
    known("direction", direction, DIRECTIONS)
    known("gaps", gaps, GAP_RULES)
    if (spread is not None) != (kind in SUBGROUPS):
        raise ValueError("spread goes with the kinds xbar and s, and they need it")
    if screen and kind not in RANGES:
        raise ValueError(f"screen is for kinds made of moving ranges: {', '.join(sorted(RANGES))}; not {kind}")
    if open_gap is not None and kind not in GAPS:
        raise ValueError(f"open_gap is for the kinds g and t, not {kind}")


def rule_set(rules: str | RuleSet | None, kind: str) -> RuleSet:
    """The rule set of that name; without one, the kind's own."""
    if isinstance(rules, RuleSet):
        return rules
    name = rules if rules is not None else DEFAULT_RULES.get(kind, "mdc")
    known("rules", name, RULE_SETS)
    return RULE_SETS[name]


def check_data(
    kind: str,
    numerator: ArrayLike,
    denominator: ArrayLike | None,
    spread: ArrayLike | None,
    phase: ArrayLike | None,
    masks: dict[str, ArrayLike | None],
    target: ArrayLike | None,
    open_gap: ArrayLike | None,
    open_gap_doubtful: ArrayLike | None = None,
    multiplier: float = 1.0,
) -> Data:
    """Bring every array to rows of the numerator's shape, or raise ValueError saying where it is wrong."""
    top = np.asarray(numerator, dtype=np.float64)
    if top.ndim == 0:
        raise ValueError("numerator needs an axis of points")
    refuse(top, np.isinf(top), "numerator is infinite")
    if kind in COUNTS:
        refuse(top, top < 0, f"numerator is negative, which a {kind} chart cannot show")
    bottom = _denominator(kind, top, denominator)
    if kind in PROPORTIONS and target is not None:
        aims = np.atleast_1d(np.asarray(target, dtype=np.float64))
        refuse(aims, aims > multiplier, f"target is above {multiplier:g}, which no share can be")
    flags = {name: None if mask is None else _mask(mask, top.shape, name) for name, mask in masks.items()}
    return Data(
        shape=top.shape,
        numerator=_rows(top, top.shape, "numerator"),
        denominator=None if bottom is None else _rows(bottom, top.shape, "denominator"),
        spread=None if spread is None else _rows(_deviations(spread, top.shape), top.shape, "spread"),
        phase=None if phase is None else _phase(phase, top.shape),
        target=None if target is None else _figures(target, top.shape, "target"),
        open_gap=None if open_gap is None else _one_a_series(open_gap, top.shape, "open_gap"),
        open_gap_doubtful=None if open_gap_doubtful is None else _asked(open_gap_doubtful, top.shape),
        **flags,
    )


def check_counts(
    kind: str, others: tuple[str, ...], numerator: ArrayLike, denominator: ArrayLike | None, *, need: bool
) -> tuple[Floats, Floats]:
    """Counts and their denominators (1 where there are none) for a kind of chart or one of `others`."""
    known("kind", kind, (*CHARTS, *others))
    counts = np.asarray(numerator, dtype=np.float64)
    if counts.ndim == 0:
        raise ValueError("numerator needs an axis of points")
    refuse(counts, counts < 0, "numerator is negative")
    if denominator is None:
        if need:
            raise ValueError(f"a {kind} chart needs a denominator")
        return counts, np.ones_like(counts)
    sizes = _broadcast(np.asarray(denominator, dtype=np.float64), counts.shape, "denominator")
    refuse(sizes, sizes < 0, "denominator is negative")
    return counts, sizes


def _denominator(kind: str, top: Floats, denominator: ArrayLike | None) -> Floats | None:
    if denominator is None:
        if kind in NEED_DENOMINATOR:
            raise ValueError(f"a {kind} chart needs a denominator")
        return None
    if kind in NO_DENOMINATOR:
        raise ValueError(f"a {kind} chart takes no denominator")
    bottom = _broadcast(np.asarray(denominator, dtype=np.float64), top.shape, "denominator")
    refuse(bottom, np.isinf(bottom), "denominator is infinite")
    refuse(bottom, bottom < 0, "denominator is negative")
    if kind in PROPORTIONS:
        refuse(top, (top > bottom) & (bottom > 0), "numerator is above the denominator")
    none = bottom < 2 if kind == "s" else bottom == 0  # one value has no standard deviation
    return np.where(none, np.nan, bottom) if none.any() else bottom


def _deviations(spread: ArrayLike, shape: tuple[int, ...]) -> Floats:
    deviations = np.asarray(_broadcast(np.asarray(spread, dtype=np.float64), shape, "spread"))
    refuse(deviations, np.isinf(deviations), "spread is infinite")
    refuse(deviations, deviations < 0, "spread is negative")
    return deviations


def _broadcast(values: NDArray[Any], shape: tuple[int, ...], name: str) -> NDArray[Any]:
    if values.shape == shape:
        return values
    try:
        return np.broadcast_to(values, shape)
    except ValueError:
        raise ValueError(f"{name} has shape {values.shape}, which does not broadcast to {shape}") from None


def _rows(values: NDArray[Any], shape: tuple[int, ...], name: str) -> NDArray[Any]:
    """One series a row; what is the same for all of them stays one row, seen many times."""
    n_series, n_points = prod(shape[:-1]), shape[-1]
    if values.shape == shape:
        return values.reshape(n_series, n_points)
    if values.ndim <= 1 or values.shape[:-1] == (1,) * (values.ndim - 1):
        row = _broadcast(values.reshape(values.shape[-1:]), (n_points,), name)
        return np.broadcast_to(row, (n_series, n_points))
    return _broadcast(values, shape, name).reshape(n_series, n_points)


def _mask(mask: ArrayLike, shape: tuple[int, ...], name: str) -> Bools:
    flags = np.asarray(mask)
    if flags.dtype != np.bool_:
        raise ValueError(f"{name} must be boolean, not {flags.dtype}")
    return _rows(flags, shape, name)


def _phase(phase: ArrayLike, shape: tuple[int, ...]) -> NDArray[Any] | None:
    marks = np.asarray(phase)
    if marks.dtype.kind == "f" and np.isnan(marks).any():
        raise ValueError("phase has NaN: every point belongs to a phase")
    rows = _rows(marks, shape, "phase")
    return None if rows.shape[-1] < 2 or (rows[:, 1:] == rows[:, :-1]).all() else rows


def _figures(values: ArrayLike, shape: tuple[int, ...], name: str) -> Floats:
    """The last point's figure of each series, from one for all, one a series, or one a point."""
    figures = np.asarray(values, dtype=np.float64)
    refuse(np.atleast_1d(figures), np.isinf(np.atleast_1d(figures)), f"{name} is infinite")
    rows = _rows(figures, shape, name)
    return np.asarray(rows[:, -1]) if shape[-1] else np.full(len(rows), np.nan)


def _asked(values: ArrayLike, shape: tuple[int, ...]) -> Bools:
    flags = np.asarray(values)
    if flags.dtype != np.bool_:
        raise ValueError(f"open_gap_doubtful must be boolean, not {flags.dtype}")
    return np.asarray(_one_a_series(flags, shape, "open_gap_doubtful") != 0)


def _one_a_series(values: ArrayLike, shape: tuple[int, ...], name: str) -> Floats:
    """Figures of shape (...) or (..., 1), flat."""
    figures = np.asarray(values, dtype=np.float64)
    if figures.shape == (*shape[:-1], 1):
        figures = figures[..., 0]
    return _broadcast(figures, shape[:-1], name).ravel()
