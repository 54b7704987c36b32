"""An optional accelerator: where numba is installed, the commonest charts of large batches are compiled.

Off until asked for, because loading numba takes about a second: more than all the charts of a trust.
"""

from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import rules
from .inputs import Call, Data
from .layout import segments
from .limits import Limits
from .points import Bools
from .store import Store

KINDS = ("xmr", "c", "u", "p", "u_prime", "p_prime")  # in the order of the kernel's numbers
RULES = (rules.astronomical, rules.shift, rules.trend, rules.two_of_three)
BETTER = ("low", "high", "neutral")
MOST_RULES = 4  # two bits each in one byte
MOST_POINTS = 63  # one bit each in one word
_wanted = False


def accelerate(on: bool = True) -> None:
    """Let `control_chart` use numba from now on: for xmr, c, u, p, u' and p' charts of at most 63 points, under rule
    sets like mdc.

    Parameters
    ----------
    on
        False: numpy alone again.

    Raises
    ------
    ModuleNotFoundError
        Where numba is not installed.

    Notes
    -----
    The results are the same to the bit. The first call compiles for some seconds, and keeps the result on disk.
    """
    global _wanted
    if on and find_spec("numba") is None:
        raise ModuleNotFoundError("numba is not installed: pip install numba, or go on without accelerate()")
    _wanted = on


def takes(call: Call, data: Data) -> bool:
    """Whether the accelerator is on and knows this kind of chart, its rules and its options."""
    return (
        _wanted
        and data.numerator.size > 0
        and data.shape[-1] <= MOST_POINTS
        and call.kind in KINDS
        and not (call.options.screen or call.options.bridge)
        and not (call.rule_set.exclusive or call.rule_set.figures or call.rule_set.undirected)
        and 0 < len(call.rule_set.rules) <= MOST_RULES
        and all(_known(*_plain(rule)) for rule in call.rule_set.rules.values())
    )


def chart_all(call: Call, data: Data, store: Store) -> None:
    """As `block.chart_block`, for all series at once."""
    from . import kernel

    n_series, n_points = data.numerator.shape
    top = np.require(data.numerator, requirements=("C", "W"))  # numba compiles anew for arrays that are read-only
    divided = data.denominator is not None
    bottom = top if data.denominator is None else _rows(data.denominator)
    marks = _marks(data)
    starts, lengths = segments(n_series, n_points, data.phase)
    segment_of = np.searchsorted(starts, np.arange(n_series) * n_points)
    by_point = call.kind not in ("xmr", "c")
    kept = n_series if call.points else 0
    n_lines = (n_series * n_points if by_point else len(starts)) if call.points else 0
    value, bits, flags = np.empty((kept, n_points)), *(np.empty((kept, n_points), np.uint8) for _ in range(2))
    centre, length = np.empty(len(starts)), np.empty(len(starts), np.int64)
    half = np.empty(n_lines)
    now, judged, reported = (np.empty(n_series, dtype) for dtype in (np.uint8, np.bool_, np.bool_))
    n_used, lower, upper = np.empty(n_series, np.int64), np.empty(n_series), np.empty(n_series)
    known = [_plain(rule) for rule in call.rule_set.rules.values()]
    kernel.chart_rows(
        KINDS.index(call.kind),
        top,
        bottom,
        divided,
        int(len(bottom) > 1),
        marks,
        int(len(marks) > 1),
        call.multiplier,
        call.options.floor_sigma_z,
        call.min_points,
        data.baseline is not None,
        np.array([RULES.index(rule) for rule, _ in known]),
        np.array([length for _, length in known]),
        BETTER.index(call.better),
        segment_of,
        call.points,
        (value, bits, flags),
        (centre, length),
        half,
        (now, judged, reported, n_used),
        (lower, upper),
    )
    named: dict[str, NDArray[Any]] = {}
    named |= {"now": now, "judged": judged, "reported": reported, "n_used": n_used, "lower": lower, "upper": upper}
    if call.points:
        named |= {"value": value, "bits": bits, "flags 0": flags}
        store.add_lines(Limits(centre, half, half, centre), lengths)
    for name, figures in named.items():
        store.kept[name] = figures.reshape(n_series, -1)


def _plain(rule: Any) -> tuple[Any, int]:
    """A rule's function and its length; no function where it has other arguments."""
    if not isinstance(rule, partial):
        return rule, 0
    return (rule.func, rule.keywords["length"]) if rule.keywords.keys() == {"length"} and not rule.args else (None, 0)


def _known(rule: Any, length: int) -> bool:
    return rule in RULES and (length > 1 or rule in (rules.astronomical, rules.two_of_three))


def _rows(values: NDArray[Any]) -> NDArray[Any]:
    """Contiguous rows; one row where all are the same."""
    return np.require(values[:1] if values.strides[0] == 0 else values, requirements=("C", "W"))


def _marks(data: Data) -> NDArray[np.int64]:
    """What is said of the points, in words, (n_series, 4): see `kernel.chart_rows`. One row where it is the same for all."""
    masks: list[Bools | None] = [None, data.excluded, _either(data.unsettled, data.doubtful), data.baseline]
    if data.phase is not None:
        phase = data.phase[:1] if data.phase.strides[0] == 0 else data.phase
        begins = np.zeros(phase.shape, dtype=bool)
        begins[:, 1:] = phase[:, 1:] != phase[:, :-1]
        masks[0] = begins
    rows = [None if flags is None else flags[:1] if flags.strides[0] == 0 else flags for flags in masks]
    marks = np.zeros((max([1, *(len(flags) for flags in rows if flags is not None)]), len(rows)), dtype=np.int64)
    for i, flags in enumerate(rows):
        if flags is not None:
            marks[:, i] = _words(flags)
    return marks


def _either(one: Bools | None, other: Bools | None) -> Bools | None:
    return one if other is None else other if one is None else one | other


def _words(flags: Bools) -> NDArray[np.int64]:
    """Each row of at most 63 flags as one word, bit k for the k-th."""
    whole = np.zeros((len(flags), 64), dtype=bool)
    whole[:, : flags.shape[1]] = flags
    return np.packbits(whole, axis=1, bitorder="little").view("<i8")[:, 0].astype(np.int64)
