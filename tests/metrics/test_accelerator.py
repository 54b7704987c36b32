"""The accelerator gives the same results to the bit, and takes only what it knows."""

from functools import partial

import numpy as np
import pytest
from test_chart import same

from metrics import RULE_SETS, RuleSet, accelerate, control_chart
from metrics.accelerator import KINDS, takes
from metrics.inputs import Call, check_data, rule_set
from metrics.ranges import Options
from metrics.rules import shift


@pytest.fixture(autouse=True)
def off_again():
    yield
    accelerate(False)


def drawn(seed):
    """A random call: kind, counts, exposure and options of every sort."""
    rng = np.random.default_rng(seed)
    kind, n_series = KINDS[seed % len(KINDS)], int(rng.integers(1, 40))
    n = int(rng.choice([1, 2, 62, 63]) if seed % 10 == 0 else rng.integers(1, 60))
    y = rng.poisson(rng.choice([0.3, 2, 20], (n_series, 1)), (n_series, n)).astype(float)
    y += np.where(np.arange(n) > n // 2, rng.choice([0, 0, 9], (n_series, 1)), 0)
    y[rng.random(y.shape) < rng.choice([0, 0.05, 0.4])] = np.nan
    size = rng.integers(0, 100, (n_series, n) if rng.random() < 0.7 else n) + (130 if kind.startswith("p") else 0)
    size = size[..., :] if kind not in ("c", "xmr") or (kind == "xmr" and rng.random() < 0.3) else None

    def mask(share):
        shape = (n_series, n) if rng.random() < 0.6 else n
        return None if rng.random() < 0.4 else rng.random(shape) < share

    options = {
        "phase": None
        if rng.random() < 0.3
        else np.cumsum(rng.random((n_series, n)[rng.integers(2) :]) < 0.06, axis=-1),
        "baseline": mask(0.6),
        "excluded": mask(0.07),
        "unsettled": mask(0.1),
        "doubtful": mask(0.1),
        "rules": rng.choice(["mdc", "mdc6"]),
        "direction": rng.choice(["lower", "higher", "neutral"]),
        "target": rng.choice([np.nan, 0.5, 0] if kind.startswith("p") else [np.nan, 5, 0, 30]),
        "multiplier": float(rng.choice([1, 1000])),
        "min_points": int(rng.choice([1, 13])),
        "floor_sigma_z": bool(rng.random() < 0.5),
    }
    return kind, np.minimum(y, 120), size, options


@pytest.mark.parametrize("seed", range(120))
def test_the_same_to_the_bit(seed):
    kind, y, size, options = drawn(seed)
    plain = control_chart(kind, y, size, **options)
    accelerate()
    same(control_chart(kind, y, size, **options), plain)
    bare = control_chart(kind, y, size, **options, points=False)
    assert bare.value is None
    np.testing.assert_array_equal(bare.variation, plain.variation)
    np.testing.assert_array_equal(bare.assurance, plain.assurance)


MASKS = dict.fromkeys(("baseline", "excluded", "unsettled", "doubtful"))


def call(kind="xmr", rules="mdc", n=5, **options):
    chosen = rule_set(rules, kind)
    made = Call(kind, chosen, Options(**options), "low", 1.0, 13, True)
    y = np.ones(n)
    spread = y if kind in ("xbar", "s") else None
    size = None if kind in ("c", "g", "t") else y * 4
    return made, check_data(kind, y, size, spread, None, MASKS, None, None)


def test_off_until_asked_for():
    assert not takes(*call())
    accelerate()
    assert takes(*call())
    assert takes(*call(n=63))
    accelerate(False)
    assert not takes(*call())


@pytest.mark.parametrize(
    "case",
    [
        *({"kind": kind} for kind in ("run", "mr", "i_prime", "g", "t", "xbar", "s")),
        *({"rules": name} for name in RULE_SETS if name not in ("mdc", "mdc6", "outside")),
        {"n": 64},
        {"n": 0},
        {"screen": True},
        {"bridge": True},
        {"rules": RuleSet("ours", {"odd": lambda line: (line.above, line.below)})},
        {"rules": RuleSet("ours", {f"shift {n}": partial(shift, length=n) for n in range(3, 8)})},
        {"rules": RuleSet("ours", {"shift": partial(shift, length=1)})},
    ],
)
def test_what_it_does_not_know_is_left_to_numpy(case):
    accelerate()
    assert not takes(*call(**case))


def test_a_set_of_ones_own_is_the_same_too():
    y = np.random.default_rng(0).poisson(9, (200, 40)).astype(float)
    ours = RuleSet("ours", {"long": partial(shift, length=9), "short": partial(shift, length=4)})
    plain = control_chart("xmr", y, rules=ours)
    accelerate()
    assert takes(*call(rules=ours))
    same(control_chart("xmr", y, rules=ours), plain)


def test_without_numba_it_says_what_to_do(monkeypatch):
    monkeypatch.setattr("metrics.accelerator.find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="pip install numba"):
        accelerate()
    assert control_chart("xmr", [1.0, 2]).n_used == 2
