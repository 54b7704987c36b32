"""What can be said of harm that is rare: how long without one is long, and what it would take to support a fall."""

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import ArrayLike

from .points import Floats, Strings
from .sentences import figure, said

YEAR = 12  # months
CONFIDENCE = 20  # one-sided 95 %: one in twenty
LEAST_BOUND = 3.0  # months without one, before the bound on the rate since is worth a word
MOST_MONTHS = 240  # twenty years: nobody waits longer to see a fall


@dataclass(frozen=True)
class RareEvents:
    """What a few events in a known time allow to be said; all broadcast.

    Attributes
    ----------
    rate
        Events for one month, or one unit of exposure.
    months_between
        Months to one event, on average; NaN without events.
    upper_bound
        One-sided 95 % bound on the rate since the last event, or in all of the time where there was none; NaN where
        no time has passed.
    chance_of_gap
        Of so long a time without one by chance, if nothing has changed; NaN without events or time since.
    months_to_support_lower, months_to_support_halved
        Months without one after which the data would support a lower rate, or one that has halved; NaN without events.
    chance_of_none
        Of 12 months without one, if nothing has changed.
    sentence
        What may be said, and no more.
    """

    rate: Floats
    months_between: Floats
    upper_bound: Floats
    chance_of_gap: Floats
    months_to_support_lower: Floats
    months_to_support_halved: Floats
    chance_of_none: Floats
    sentence: Strings


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
        y0 events in T0 months, broadcasting: from the beginning of the records to the last event, or to the end of the
        records where there was none. The months since the last event are not among them.
    exposure, exposure_since
        In these months, and since the last event: rate and bound are then of exposure. Else they are of months.
    months_since
        Months since the last event, over which reports are known to have come in; NaN = not known.

    Raises
    ------
    ValueError
        For events or months since below 0, or months not above 0.

    Notes
    -----
    Upper bound -ln 0.05 / exposure since. Months without one that support a rate k times lower: the time T in which
    a Poisson process with the rate seen, itself uncertain, is silent with chance 0.05: (T0 / (T0 + T / k)) ** y0, so T
    = T0 k (20 ** (1 / y0) - 1), k = 1 or 2. Chance of none: (T0 / (T0 + 12)) ** (y0 + 1/2). The short cut 3 / rate
    leaves that uncertainty out. Never show the time since the last one alone, and show none of this for deaths.
    """
    y, t = np.asarray(events, dtype=np.float64), np.asarray(months, dtype=np.float64)
    if (y < 0).any() or (t <= 0).any():
        raise ValueError("events cannot be below 0, and months must be above 0")
    if months_since is not None and (np.asarray(months_since, dtype=np.float64) < 0).any():
        raise ValueError("months_since cannot be below 0")
    of = t if exposure is None else np.asarray(exposure, dtype=np.float64)
    since = np.asarray(np.nan if months_since is None else months_since, dtype=np.float64)
    passed = since if exposure_since is None else np.asarray(exposure_since, dtype=np.float64)
    silent = np.where(y == 0, of, passed)  # without an event, all of the time has passed without one
    some = np.where(y > 0, y, np.nan)
    lower = t * (CONFIDENCE ** (1 / some) - 1)
    chance = (t / (t + np.where(since >= 0, since, np.nan))) ** some
    return RareEvents(
        rate=np.asarray(y / of),
        months_between=np.asarray(t / some),
        upper_bound=np.asarray(np.log(CONFIDENCE) / np.where(silent > 0, silent, np.nan)),
        chance_of_gap=np.asarray(chance),
        months_to_support_lower=np.asarray(lower),
        months_to_support_halved=np.asarray(2 * lower),
        chance_of_none=np.asarray((t / (t + YEAR)) ** (y + 0.5)),
        sentence=said(_sentence, y, t, since, lower),
    )


def _sentence(events: float, months: float, since: float, lower: float) -> str:
    if not (events >= 0 and months > 0):
        return "No figures to judge this by."
    if events == 0:
        return f"None in {_months(months)}. That still allows for up to {_yearly(months)} a year (95 % sure)."
    often = f", about one every {figure(months / events)} months" if months > events > 1 else ""
    recorded = f"{events:g} in {_months(months)}{often}."
    fall, half = ceil(lower), ceil(2 * lower)
    if fall > MOST_MONTHS:
        needed = "These figures are too few to show a fall in any time worth waiting for."
    else:
        needed = f"It would take {fall} months in all without one to support a fall, and {half} to support that it has halved."
    if not since > 0:
        return f"{recorded} {needed}"
    bound = f", which still allows for up to {_yearly(since)} a year (95 % sure)" if since >= LEAST_BOUND else ""
    known = f"{recorded} None in the {_months(since)} since{bound}."
    if since < lower:
        return f"{known} {needed}"
    supported = "a fall" if since < 2 * lower else "a fall to half or less"
    return f"{known} That supports {supported}, if every one was reported."


def _months(n: float) -> str:
    return "1 month" if n == 1 else f"{figure(n)} months"


def _yearly(months: float) -> str:
    """The upper bound for a year, rounded up to two figures."""
    bound = float(np.log(CONFIDENCE)) / months * YEAR
    unit = 10.0 ** (np.floor(np.log10(bound)) - 1)
    return figure(float(np.ceil(bound / unit * (1 - 1e-12)) * unit))
