import numpy as np
import pytest

from metrics.sentences import figure


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *[(0.0, "0"), (-0.0, "0"), (1234.5, "1234"), (12.345, "12.3"), (0.0004, "0.0004"), (-0.00012345, "-0.000123")],
        *[(1e-13, "0"), (np.nan, "unknown"), (np.inf, "unknown"), (100.0, "100"), (2.0, "2"), (0.1 + 0.2, "0.3")],
    ],
)
def test_three_figures_and_never_a_power_of_ten(value, text):
    assert figure(value) == text
