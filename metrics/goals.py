"""Where a goal's path says we should be now, and what can be said of harm that is rare."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .points import Floats

TRAJECTORIES = ("linear", "steps", "log_linear")
YEAR = 12  # months
CONFIDENCE = 20  # one-sided 95 %: one in twenty


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


@dataclass(frozen=True)
class RareEvents:
    """What a few events in a known time allow to be said; all broadcast.

    Attributes
    ----------
    rate
        Events for one month, or one unit of exposure.
    upper_bound
        One-sided 95 % bound on the rate since the last event; NaN where no time has passed.
    months_to_support_lower, months_to_support_halved
        Months without one after which the data would support a lower rate, or one that has halved; NaN without events.
    chance_of_none
        Of 12 months without one, if nothing has changed.
    """

    rate: Floats
    upper_bound: Floats
    months_to_support_lower: Floats
    months_to_support_halved: Floats
    chance_of_none: Floats


def rare_event_statement(
    events: ArrayLike,
    months: ArrayLike,
    *,
    exposure: ArrayLike | None = None,
    exposure_since: ArrayLike | None = None,
    months_since: ArrayLike | None = None,
) -> RareEvents:
    """Say what `events` in `months` allow.

    Parameters
    ----------
    events, months
        y0 events in T0 months, broadcasting.
    exposure, exposure_since
        In these months, and since the last event: the rate is then of exposure. Else it is of months.
    months_since
        Months since the last event.

    Raises
    ------
    ValueError
        For events below 0, or months not above 0.

    Notes
    -----
    Upper bound -ln 0.05 / exposure since. Months without one that support a rate k times lower: the time T in which
    a Poisson process with the rate seen, itself uncertain, is silent with chance 0.05: T0 k (20 ** (1 / y0) - 1), k =
    1 or 2. Chance of none: (T0 / (T0 + 12)) ** (y0 + 1/2). The short cut 3 / rate leaves that uncertainty out.
    Never show the time since the last one alone, and show none of this for deaths.
    """
    y, t = np.asarray(events, dtype=np.float64), np.asarray(months, dtype=np.float64)
    if (y < 0).any() or (t <= 0).any():
        raise ValueError("events cannot be below 0, and months must be above 0")
    of = t if exposure is None else np.asarray(exposure, dtype=np.float64)
    passed = exposure_since if exposure is not None else months_since
    since = np.asarray(np.nan if passed is None else passed, dtype=np.float64)
    some = np.where(y > 0, y, np.nan)
    lower = t * (CONFIDENCE ** (1 / some) - 1)
    return RareEvents(
        rate=np.asarray(y / of),
        upper_bound=np.asarray(np.log(CONFIDENCE) / np.where(since > 0, since, np.nan)),
        months_to_support_lower=np.asarray(lower),
        months_to_support_halved=np.asarray(2 * lower),
        chance_of_none=np.asarray((t / (t + YEAR)) ** (y + 0.5)),
    )
