"""Stable series of events, and how many of their charts signal: what `false_signals` is made from."""

from functools import partial
from typing import Any

import numpy as np

from metrics import RULE_SETS, RuleSet, control_chart

FAMILIES = {"counts": ("xmr", "c", "run"), "rates": ("u", "u_prime"), "shares": ("p", "p_prime")}
SETS = ("mdc", "mdc6", "nhsr", "western_electric", "nelson")
VARIES = (0.8, 1.2)  # denominators, from month to month, of their mean
SHARE = 0.1  # of a proportion: the mean count is a tenth of the mean denominator

Counts = dict[str, np.ndarray[Any, Any]]


def all_rules() -> tuple[RuleSet, dict[str, list[int]]]:
    """The rules of all sets in one, each once, and the places of every set's own."""
    found: dict[Any, int] = {}
    rules, undirected, places = {}, set(), {}
    for name in SETS:
        places[name] = []
        for key, rule in RULE_SETS[name].rules.items():
            same = (rule.func, *sorted(rule.keywords.items())) if isinstance(rule, partial) else (rule,)
            place = found.setdefault(same, len(found))
            rules[str(place)] = rule
            places[name].append(place)
            if key in RULE_SETS[name].undirected:
                undirected.add(str(place))
    return RuleSet("all", rules, thirds=True, undirected=frozenset(undirected)), places


ALL, PLACES = all_rules()


def stable(family: str, mean: float, shape: tuple[int, int], random: np.random.Generator) -> tuple[Any, Any]:
    """Counts of that mean, and what they are out of (None for a plain count)."""
    if family == "counts":
        return random.poisson(mean, shape).astype(float), None
    size = random.uniform(*VARIES, shape)
    if family == "rates":
        return random.poisson(mean * size).astype(float), size
    whole = np.maximum(np.rint(size * mean / SHARE), 1)
    return random.binomial(whole.astype(np.int64), SHARE).astype(float), whole


def signals(kind: str, top: Any, bottom: Any, baseline: int | None) -> Counts:
    """By rule set: how many charts have an icon that is a signal, and how many flag any point.

    The icon is a signal where a rule that has a direction flags the last point, and the limits are no trial limits;
    which of a set's rules comes first does not matter to that.
    """
    frozen = None if baseline is None else np.arange(top.shape[-1]) < baseline
    if kind == "run":
        chart = control_chart("run", top, baseline=frozen)
        flags = chart.signals["runs"]
        return {"anhoej": np.array([(flags[:, -1] & ~chart.trial).sum(), flags.any(axis=1).sum()])}
    chart = control_chart(kind, top, bottom, rules=ALL, baseline=frozen)
    last = np.stack([plane[:, -1] for plane in chart.drawn.flags], axis=1)
    anywhere = np.stack([np.bitwise_or.reduce(plane, axis=1) for plane in chart.drawn.flags], axis=1)
    directed = {i for i in range(len(ALL.rules)) if str(i) not in ALL.undirected}
    counts = {}
    for name, places in PLACES.items():
        now = (last & _mask([i for i in places if i in directed])).any(axis=1) & ~chart.trial
        counts[name] = np.array([now.sum(), (anywhere & _mask(places)).any(axis=1).sum()])
    return counts


def _mask(places: list[int]) -> Any:
    """Four rules a byte, two bits each."""
    mask = np.zeros(-(-len(ALL.rules) // 4), dtype=np.uint8)
    for place in places:
        mask[place // 4] |= 3 << (2 * (place % 4))
    return mask
