"""Our interrupted series beside R's glm: y ~ t + level + slope, every term of every model that is ours."""

from pathlib import Path

import numpy as np
from golden import GLM, MODELS, Comparison, grouped, numbers, read

from metrics.interrupted import InterruptedSeries, interrupted_series

TERMS = {"(Intercept)": "intercept", "t": "trend", "level": "level", "slope": "slope"}
NORMAL = 1.959963984540054  # confint.default takes it for the quasi families too


def compare_its(folder: Path) -> Comparison:
    """stats::glm: estimate, standard error, p value, interval, dispersion and the points used, one model at a time."""
    result = Comparison()
    series = grouped(read(folder, "series"), "series_id")
    for row in read(folder, "its_glm"):
        if row["model"] not in GLM:
            result.left_out["its: lm is out of scope"] += 1
        elif row["warnings"]:
            result.left_out[f"its: {row['model']}, the package warns"] += 1
        else:
            _compare_its(result, row, series[row["series_id"]])
    return result


def _compare_its(result: Comparison, row: dict[str, str], points: list[dict[str, str]]) -> None:
    name = f"{row['series_id']} {row['model']} {row['term']}"
    ours = _ours(row, points)
    if str(ours.reason):
        result.differences.append(f"{name}: {ours.reason}")
        return
    effect = getattr(ours, TERMS[row["term"]])
    for key, figure in (
        ("estimate", effect.estimate),
        ("std_error", effect.standard_error),
        ("p_value", effect.p_value),
        ("dispersion", ours.dispersion),
        ("n", ours.n_before + ours.n_after),
    ):
        result.figures(f"{name} {key}", figure, float(row[key]), MODELS)
    if not row["model"].startswith("quasi"):
        theirs = [float(row["wald_lo95"]), float(row["wald_hi95"])]
        result.figures(f"{name} interval", np.log([effect.low, effect.high]), theirs, MODELS)


def _ours(row: dict[str, str], points: list[dict[str, str]]) -> InterruptedSeries:
    size = numbers(points, "denominator")
    months = np.array([point["date"] for point in points], dtype="datetime64[M]").astype(int)
    return interrupted_series(
        numbers(points, "numerator"),
        None if np.isnan(size).all() else size,
        start=float(row["intervention_t"]),
        time=months - months[0] if row["time_variable"] == "months_since_first" else None,
        family=GLM[row["model"]][0],
        autocorrelation="none",
        min_points=1,
    )
