import subprocess
import sys

import metrics


def run(code):
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def test_importing_metrics_loads_neither_scipy_nor_pandas():
    code = "import sys, metrics; print({'scipy', 'statsmodels', 'pandas', 'plotly', 'duckdb'} & set(sys.modules))"
    assert run(code).strip() == "set()"


def test_every_public_name_is_there_and_says_what_it_does():
    assert len(metrics.__all__) == len(set(metrics.__all__))
    for name in metrics.__all__:
        assert getattr(metrics, name).__doc__
