import os
from pathlib import Path

import golden
import numpy as np
import pytest
from golden_funnel import compare_funnel
from golden_its import compare_its

COMMITTED = Path(__file__).parents[1] / "reference"
COMPARISONS = golden.COMPARISONS | {"FunnelPlotR": compare_funnel, "interrupted series": compare_its}


@pytest.mark.parametrize("package", COMPARISONS)
def test_the_committed_reference_answers_are_ours(package):
    result = COMPARISONS[package](COMMITTED)
    assert not result.differences
    assert not result.left_out
    assert result.compared


# What the whole set leaves out, and how often: a change of either is a change of what is tested.
LEFT_OUT = {
    "ptd: the package itself stops (series with missing values)": 3,
    "ptd: series with missing values": 5,
    "ptd: collapsed limits": 6,
    "ptd: assurance against a target of 0, which we never give": 5,
    "qic: method bestbox is out of scope": 70,
    "qic: method cutbox is out of scope": 70,
    "qic: the package itself stops": 2,
    "qic limits: collapsed": 14,
    "qic runs: no useful point, where the package says NA": 19,
    "qic runs: the package never signals on a chart of moving ranges": 10,
    "qic: a centre line that is given": 5,
    "qic runs: more than one phase": 46,
    "qcc: collapsed limits": 6,
    "qcc: g is not compared": 6,
    "glm: lm is out of scope": 326,
    "glm: negbin, the package warns": 28,
    "glm: binomial, the package warns": 2,
    "glm: theta of counts that vary no more than a Poisson's": 7,
    "glm: Every one counted in every month: there is no share to follow.": 1,
    "its: lm is out of scope": 88,
    "funnel: RC, whose limits take the denominator for the events": 32,
    "funnel: CQC-adjusted limits, half as wide as they should be": 28,
    "funnel: not asked for φ, the package says 0": 22,
    "funnel: adjusted limits where there is nothing to adjust for": 21,
    "funnel: the package's φ is infinite (the logarithm of no event)": 1,
    "funnel: the package's upper limit of a share has turned back below 1, ours is 1": 29,
    "funnel: flag of a unit without an event": 35,
    "funnel: flag by a limit that has turned back": 8,
    "rank: kendall, the package has no answer for a series without variation about its line": 16,
    "rank: mmkh, the package has no answer for a series without variation about its line": 26,
    "exact: epitools_pois.byar_total is not built": 42,
    "exact: prop.test_wilson_cc_total is not built": 29,
    "exact: prop.test_wilson_cc_lastpoint is not built": 29,
}


@pytest.mark.golden
@pytest.mark.parametrize("package", COMPARISONS)
def test_all_reference_answers_are_ours(package):
    if "ZERO_HARM_GOLDEN" not in os.environ:
        pytest.skip("ZERO_HARM_GOLDEN names no folder of reference answers")
    result = COMPARISONS[package](Path(os.environ["ZERO_HARM_GOLDEN"]))
    assert not result.differences
    assert {reason: LEFT_OUT.get(reason) for reason in result.left_out} == dict(result.left_out)
    assert result.compared >= 50


def test_a_comparison_sees_a_difference_in_the_ninth_place():
    result = golden.Comparison()
    result.figures("here", [1.0, 2.0, np.nan], [1.0, 2.0 + 1e-8, np.nan], golden.LIMITS)
    result.figures("there", [np.nan, np.inf], [1.0, np.inf], golden.LIMITS)
    result.same("flags", [True, False], [True, True])
    assert len(result.differences) == 3
    assert result.compared == 7
