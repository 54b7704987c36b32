import numpy as np
import pytest
from scipy import stats

from metrics import cochran_armitage


def test_cochran_armitage_of_two_groups_is_the_test_of_two_shares():
    y, n = np.array([15.0, 30]), np.array([50.0, 60])
    table = np.array([y, n - y])
    found = cochran_armitage(y, n)
    assert found.z**2 == pytest.approx(stats.chi2_contingency(table, correction=False).statistic)
    assert found.z > 0
    assert np.isnan(cochran_armitage([0.0, 0], [5, 5]).p_value)


def test_a_numerator_above_its_denominator_is_refused():
    with pytest.raises(ValueError, match="denominator"):
        cochran_armitage([3.0], [2.0])
