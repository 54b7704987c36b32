"""Where a goal's trajectory says we should be now."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .points import Floats

TRAJECTORIES = ("linear", "steps", "log_linear")


def milestone(
    baseline: ArrayLike,
    goal: ArrayLike,
    start: ArrayLike,
    end: ArrayLike,
    now: ArrayLike,
    *,
    trajectory: str = "linear",
    steps: Sequence[tuple[Any, float]] | None = None,
    floor: float | None = None,
) -> Floats:
    """The value that the path from baseline to goal has at `now`.

    Parameters
    ----------
    baseline, goal
        In the units shown, broadcasting. The value up to `start`, and from `end` on.
    start, end, now
        datetime64 (taken to the month), or numbers of months; NaT or NaN gives NaN.
    trajectory
        linear: so much a month. log_linear: such a share a month, down to `floor` (or the goal, if that is higher).
        steps: `steps` holds (month, value) pairs, each valid from its month on.
    floor
        Above 0; needed by log_linear where the goal is 0, which no constant share a month can reach.

    Raises
    ------
    ValueError
        For a trajectory that is not built, an `end` that is not after `start`, steps that are missing or out of
        order, or log_linear without anything above 0 to go from and to.
    """
    if trajectory not in TRAJECTORIES:
        raise ValueError(f"trajectory {trajectory!r} is not built; these are: {', '.join(TRAJECTORIES)}")
    level, aim = np.asarray(baseline, dtype=np.float64), np.asarray(goal, dtype=np.float64)
    first, last, at = _months(start), _months(end), _months(now)
    if (last <= first).any():
        raise ValueError("end must be after start")
    share = np.clip((at - first) / (last - first), 0.0, 1.0)
    if trajectory == "linear":
        value = level + (aim - level) * share
    elif trajectory == "steps":
        value = _steps(level, at, steps)
    else:
        lowest = aim if floor is None else np.maximum(aim, floor)
        if (level <= 0).any() or (lowest <= 0).any():
            raise ValueError("log_linear needs a baseline above 0, and a goal or a floor above 0")
        value = level * np.exp(np.log(np.minimum(lowest, np.maximum(level, aim)) / level) * share)
    value = np.where(share >= 1, aim, np.where(share <= 0, level, value))
    return np.where(np.isnan(share), np.nan, value)


def _steps(level: Floats, at: Floats, steps: Sequence[tuple[Any, float]] | None) -> Floats:
    if not steps:
        raise ValueError("the trajectory 'steps' needs steps")
    months = np.array([float(_months(month)) for month, _ in steps])
    if (np.diff(months) <= 0).any():
        raise ValueError("steps must be in the order of their months")
    values = np.array([value for _, value in steps], dtype=np.float64)
    passed = np.searchsorted(months, at, side="right")
    return np.where(passed == 0, level, values[np.maximum(passed - 1, 0)])


def _months(value: ArrayLike) -> Floats:
    moments = np.asarray(value)
    if moments.dtype.kind not in "MOU":
        return moments.astype(np.float64)
    whole = moments.astype("datetime64[M]")
    return np.where(np.isnat(whole), np.nan, whole.astype(np.int64).astype(np.float64))
