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
_wanted = False


def accelerate(on: bool = True) -> None:
    """Let `control_chart` use numba for xmr, c, u, p, u' and p' charts under rule sets like mdc, from now on.

    The results are the same to the bit. The first call compiles for some seconds, and keeps the result on disk.

    Raises
    ------
    ModuleNotFoundError
        Where numba is not installed.
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
    top = np.ascontiguousarray(data.numerator)
    divided = data.denominator is not None
    bottom = top if data.denominator is None else _rows(data.denominator)
    marks = _rows(_marks(data))
    starts, lengths = segments(n_series, n_points, data.phase)
    segment_of = np.searchsorted(starts, np.arange(n_series) * n_points)
    by_point = call.kind not in ("xmr", "c")
    kept = n_series if call.points else 0
    n_lines = (n_series * n_points if by_point else len(starts)) if call.points else 0
    value, bits, flags = np.empty((kept, n_points)), *(np.empty((kept, n_points), np.uint8) for _ in range(2))
    centre, length = np.empty(len(starts)), np.empty(len(starts), np.int64)
    middle, half = np.empty(n_lines), np.empty(n_lines)
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
        (middle, half),
        (now, judged, reported, n_used),
        (lower, upper),
    )
    named: dict[str, NDArray[Any]] = {}
    named |= {"now": now, "judged": judged, "reported": reported, "n_used": n_used, "lower": lower, "upper": upper}
    if call.points:
        named |= {"value": value, "bits": bits, "flags 0": flags}
        store.add_lines(Limits(middle, half, half, centre if by_point else middle), lengths)
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
    return np.ascontiguousarray(values[:1] if values.strides[0] == 0 else values)


def _marks(data: Data) -> NDArray[np.uint8]:
    """What is said of each point, in bits; one row, seen many times, where it is the same for all series."""
    from . import kernel

    n_series, n_points = data.numerator.shape
    masks: list[tuple[Bools, int]] = []
    if data.phase is not None:
        phase = data.phase[:1] if data.phase.strides[0] == 0 else data.phase
        begins = np.zeros(phase.shape, dtype=bool)
        begins[:, 1:] = phase[:, 1:] != phase[:, :-1]
        masks.append((begins, kernel.BEGINS))
    for flags, bit in (
        (data.excluded, kernel.EXCLUDED),
        (data.unsettled, kernel.QUESTIONED),
        (data.doubtful, kernel.QUESTIONED),
        (data.baseline, kernel.BASELINE),
    ):
        if flags is not None:
            masks.append((flags[:1] if flags.strides[0] == 0 else flags, bit))
    marks = np.zeros((max([1, *(len(flags) for flags, _ in masks)]), n_points), dtype=np.uint8)
    for flags, bit in masks:
        marks |= flags.astype(np.uint8) * np.uint8(bit)
    return np.broadcast_to(marks, (n_series, n_points)) if len(marks) == 1 else marks
