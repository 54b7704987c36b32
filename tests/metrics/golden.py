"""Our results beside those of the R packages: what is compared, how, and what is left out and why.

`tests/reference/README.md` names the packages and their versions. Every `compare_*` reads a folder of their answers and
gives back a `Comparison`: nothing that is not compared goes unnamed.
"""

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from metrics import (
    Interval,
    cochran_armitage,
    control_chart,
    count_trend,
    mann_kendall,
    proportion_interval,
    proportion_trend,
    rate_interval,
    rate_ratio,
    theil_sen,
)
from metrics.limits import RANGES, T_POWER

LIMITS = 1e-9
EXACT = 0.0
# qicharts2 and qcc take 3 / 1.128 where the Making Data Count tools, and we, take 2.66.
I_SCALE = 2.66 * 1.128 / 3
DIRECTIONS = {"decrease": "lower", "increase": "higher", "neutral": "neutral"}
RULES = {
    "Above UCL": "astronomical",
    "Below LCL": "astronomical",
    "7 Point Trend (Increasing)": "trend",
    "7 Point Trend (Decreasing)": "trend",
    "2 in 3 Above CL": "two_of_three",
    "2 in 3 Below CL": "two_of_three",
    "7 Points Above CL": "shift",
    "7 Points Below CL": "shift",
}
ASSURANCE = {"consistent_pass": "pass", "consistent_fail": "fail", "inconsistent": "hit_or_miss", "NA": "none"}
QIC_KINDS = {
    "run": "run",
    "i": "xmr",
    "mr": "mr",
    "c": "c",
    "u": "u",
    "p": "p",
    "up": "u_prime",
    "pp": "p_prime",
    "ip": "i_prime",
    "g": "g",
    "t": "t",
    "xbar": "xbar",
    "s": "s",
}


@dataclass
class Comparison:
    """What was compared, what differed, and what was left out."""

    compared: int = 0
    differences: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    def figures(self, where: str, ours: object, theirs: object, tolerance: float) -> None:
        ours, theirs = np.broadcast_arrays(np.asarray(ours, float), np.asarray(theirs, float))
        self.compared += ours.size
        size = np.where(np.abs(theirs) > 1, np.abs(theirs), 1.0)
        with np.errstate(invalid="ignore"):  # infinity less infinity
            close = (np.abs(ours - theirs) <= tolerance * size) | (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
        for index in np.argwhere(~close)[:3]:
            place = tuple(index)
            self.differences.append(f"{where}{list(map(int, index))}: {ours[place]!r}, not {theirs[place]!r}")

    def same(self, where: str, ours: object, theirs: object) -> None:
        ours, theirs = np.asarray(ours), np.asarray(theirs)
        self.compared += ours.size
        if not np.array_equal(ours, theirs):
            self.differences.append(f"{where}: {ours.tolist()}, not {theirs.tolist()}")


def read(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def grouped(rows: list[dict[str, str]], key: str) -> dict[str, list[dict[str, str]]]:
    groups: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups


def numbers(rows: list[dict[str, str]], key: str) -> np.ndarray:
    return np.array([np.nan if row[key] in ("", "NA", "NaN") else float(row[key]) for row in rows])


def flags(rows: list[dict[str, str]], key: str) -> np.ndarray:
    return np.array([row[key] == "TRUE" for row in rows])


def compare_ptd(folder: Path) -> Comparison:
    """NHSRplotthedots: every line, flag and icon of every configuration."""
    result = Comparison()
    summaries, points = (
        grouped(read(folder, "ptd_summary"), "config_id"),
        grouped(read(folder, "ptd_points"), "config_id"),
    )
    for config in read(folder, "ptd_configs"):
        name = config["config_id"]
        if name not in points:
            result.left_out["ptd: the package itself stops (series with missing values)"] += 1
            continue
        rows = points[name]
        if np.isnan(numbers(rows, "y")).any():
            result.left_out["ptd: series with missing values"] += 1
        elif np.isnan(numbers(rows, "lpl")).any() or (numbers(rows, "lpl") == numbers(rows, "upl")).any():
            result.left_out["ptd: collapsed limits"] += 1
        else:
            _compare_ptd(result, config, rows, summaries[name][-1])
    return result


def _compare_ptd(
    result: Comparison, config: dict[str, str], rows: list[dict[str, str]], summary: dict[str, str]
) -> None:
    name, direction = config["config_id"], DIRECTIONS[config["improvement_direction"]]
    phase = numbers(rows, "rebase_group")
    place = np.concatenate([np.arange(np.sum(phase == label)) for label in dict.fromkeys(phase)])
    fixed = int(float(config["fix_after_n_points"])) if config["fix_after_n_points"] else len(rows)
    target = float(config["target"]) if config["target"] else np.nan
    chart = control_chart(
        "xmr",
        numbers(rows, "y"),
        phase=phase,
        baseline=place < fixed,
        rules="nhsr",
        direction=direction,
        target=target,
        screen=config["screen_outliers"] == "TRUE",
        gaps="bridge",
        min_points=1,
    )
    for ours, theirs in (
        (chart.centre, "mean"),
        (chart.computed_lower, "lpl"),
        (chart.computed_upper, "upl"),
        (chart.inner_lower, "nlpl"),
        (chart.inner_upper, "nupl"),
    ):
        result.figures(f"{name} {theirs}", ours, numbers(rows, theirs), LIMITS)
    for key, flagged in chart.signals.items():
        result.same(f"{name} {key}", flagged, [RULES.get(row["special_cause_type"]) == key for row in rows])
    result.same(f"{name} state", chart.state, [_state(row, direction) for row in rows])
    last = dict(summary)
    result.same(f"{name} variation", _without_side(str(chart.variation)), last["variation_type"])
    if target == 0:
        result.left_out["ptd: assurance against a target of 0, which we never give"] += 1
    else:
        result.same(f"{name} assurance", str(chart.assurance), ASSURANCE[last["assurance_type"]])


def _state(row: dict[str, str], direction: str) -> str:
    kind = row["point_type"].removeprefix("special_cause_")
    if kind == "common_cause":
        return kind
    if kind.startswith("neutral"):
        return kind.replace("neutral", "neither")
    good = "high" if direction == "higher" else "low"
    other = {"high": "low", "low": "high"}[good]
    return f"{kind}_{good if kind == 'improvement' else other}"


def _without_side(state: str) -> str:
    if state.startswith(("improvement", "concern")):
        return "special_cause_" + state.split("_")[0]
    return state.replace("neither", "special_cause_neutral")


def compare_qic(folder: Path) -> Comparison:
    """qicharts2: lines of every chart that we build, and Anhøj's figures of charts with one phase."""
    result = Comparison()
    points, raw = (grouped(read(folder, "qic_points"), "config_id"), grouped(read(folder, "xbar_raw"), "series_id"))
    for config in read(folder, "qic_configs"):
        kind, name = config["chart"], config["config_id"]
        if kind not in QIC_KINDS:
            result.left_out[f"qic: chart {kind} is not built"] += 1
        elif config["method"] != "anhoej":
            result.left_out[f"qic: method {config['method']} is out of scope"] += 1
        elif config["cl"]:
            result.left_out["qic: a centre line that is given"] += 1
        elif name not in points:
            result.left_out["qic: the package itself stops"] += 1
        else:
            _compare_qic(result, config, points[name], raw.get(config["series_id"], []))
    return result


def _subgroups(raw: list[dict[str, str]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, size and standard deviation of every subgroup, in order."""
    samples = [numbers(rows, "value") for rows in grouped(raw, "subgroup").values()]
    return tuple(np.array([f(x) for x in samples]) for f in (np.mean, len, _deviation))


def _deviation(sample: np.ndarray) -> float:
    return float(np.std(sample, ddof=1)) if len(sample) > 1 else np.nan


def _compare_qic(
    result: Comparison, config: dict[str, str], rows: list[dict[str, str]], raw: list[dict[str, str]]
) -> None:
    name, theirs = config["config_id"], config["chart"]
    kind = QIC_KINDS[theirs]
    multiply, excluded = float(config["multiply"]), ~flags(rows, "include")
    y, n, spread = numbers(rows, "y_sum"), numbers(rows, "n") if config["n"] else None, None
    if kind in ("xbar", "s"):
        y, n, spread = _subgroups(raw)
    phase = numbers(rows, "part")
    chart = control_chart(
        kind,
        y,
        n,
        spread=spread,
        multiplier=multiply,
        phase=phase,
        baseline=flags(rows, "baseline"),
        excluded=excluded,
        rules="anhoej",
        screen=config["screenedmr"] == "TRUE" and kind in RANGES,
        gaps="bridge" if excluded.any() else "break",
        floor_sigma_z=False,
        min_points=1,
    )
    _qic_lines(result, name, kind, chart, rows)
    if len(set(phase)) > 1:
        result.left_out["qic runs: more than one phase"] += 1
        return
    first = rows[0]
    result.figures(f"{name} centre for runs", chart.centre, numbers(rows, "cl"), LIMITS)
    for ours, theirs in (("n_useful", "n_useful"), ("longest_run", "longest_run"), ("crossings", "n_crossings")):
        if first[theirs] == "NA":
            result.left_out["qic runs: no useful point, where the package says NA"] += 1
            return
        result.same(f"{name} {theirs}", int(getattr(chart.runs, ours)), int(first[theirs]))
    if kind == "mr" and chart.runs.signal:
        result.left_out["qic runs: the package never signals on a chart of moving ranges"] += 1
        return
    result.same(f"{name} runs_signal", bool(chart.runs.signal), first["runs_signal"] == "TRUE")


def _qic_lines(result: Comparison, name: str, kind: str, chart: object, rows: list[dict[str, str]]) -> None:
    centre, lower, upper = (numbers(rows, key) for key in ("cl", "lcl", "ucl"))
    result.figures(f"{name} cl", chart.centre, centre, LIMITS)
    if kind == "run":
        return
    if np.nanmax(upper - lower, initial=0.0) == 0 or np.isnan(upper).all():
        result.left_out["qic limits: collapsed"] += 1
        return
    if kind == "xmr":
        result.figures(f"{name} lcl", chart.computed_lower, centre - (centre - lower) * I_SCALE, LIMITS)
        result.figures(f"{name} ucl", chart.computed_upper, centre + (upper - centre) * I_SCALE, LIMITS)
    elif kind == "t":
        middle, high = centre ** (1 / T_POWER), upper ** (1 / T_POWER)
        half = (high - middle) * I_SCALE
        result.figures(f"{name} ucl", chart.computed_upper ** (1 / T_POWER), middle + half, LIMITS)
        result.figures(f"{name} lcl", chart.lower ** (1 / T_POWER), np.maximum(middle - half, 0), LIMITS)
    else:
        ours = chart.computed_lower if kind == "i_prime" else chart.lower  # which the package does not cut at 0
        result.figures(f"{name} lcl", ours, lower, LIMITS)
        result.figures(f"{name} ucl", chart.upper, upper, LIMITS)


GLM = {
    "poisson": ("poisson", False),
    "quasipoisson": ("quasi_poisson", False),
    "negbin": ("negative_binomial", False),
    "binomial": ("binomial", True),
    "quasibinomial": ("quasi_binomial", True),
}
MODELS = 1e-6


def compare_glm(folder: Path) -> Comparison:
    """stats::glm and MASS::glm.nb: slope, standard error, p value, dispersion and θ of each model and series."""
    result = Comparison()
    series = grouped(read(folder, "series"), "series_id")
    for row in read(folder, "trend_glm"):
        if row["model"] not in GLM:
            result.left_out["glm: lm is out of scope"] += 1
        elif row["warnings"]:
            result.left_out[f"glm: {row['model']}, the package warns"] += 1
        elif row["term"] == "t":
            _compare_glm(result, row, series[row["series_id"]])
    return result


def _compare_glm(result: Comparison, row: dict[str, str], points: list[dict[str, str]]) -> None:
    family, proportion = GLM[row["model"]]
    y, n = numbers(points, "numerator"), numbers(points, "denominator")
    time = _months(points) if row["time_variable"] == "months_since_first" else None
    if proportion:
        ours = proportion_trend(y, n, time, family=family, autocorrelation="none")
    else:
        exposure = None if np.isnan(n).all() else n
        ours = count_trend(y, exposure, time, family=family, autocorrelation="none")
    name = f"{row['series_id']} {row['model']}"
    if str(ours.reason):
        result.left_out[f"glm: {ours.reason}"] += 1
        return
    for key, figure in (
        ("estimate", ours.log_ratio),
        ("std_error", ours.standard_error),
        ("p_value", ours.p_value),
        ("dispersion", ours.dispersion),
        ("n", ours.n),
    ):
        result.figures(f"{name} {key}", figure, float(row[key]), MODELS)
    if np.isinf(ours.theta) and row["model"] == "negbin":
        # glm.nb walks towards infinity and stops somewhere.
        result.left_out["glm: theta of counts that vary no more than a Poisson's"] += 1
    elif row["model"] == "negbin":
        result.figures(f"{name} theta", 1 / ours.theta, 1 / float(row["theta"]), MODELS)


def _months(points: list[dict[str, str]]) -> np.ndarray:
    months = np.array([row["date"] for row in points], dtype="datetime64[M]").astype(int)
    return months - months[0]


MANN_KENDALL = {
    "mk_S": "s",
    "mk_varS": "variance",
    "mk_tau": "tau",
    "mk_Z": "z",
    "mk_p": "p_value",
    "cortest_tau": "tau",
    "kendall_S": "s",
    "kendall_varS": "variance",
    "kendall_tau": "tau",
    "kendall_p": "p_value",
}
SINGLE_PRECISION = 1e-5  # the Kendall package counts in it
DEGENERATE = "the package has no answer for a series without variation about its line"


def compare_rank(folder: Path) -> Comparison:
    """trend::mk.test and sens.slope, Kendall::MannKendall, cor.test's tau, modifiedmk::mmkh."""
    result = Comparison()
    series = grouped(read(folder, "series"), "series_id")
    for row in read(folder, "trend_mannkendall"):
        name, y = row["series_id"], numbers(series[row["series_id"]], "value")
        y = y[~np.isnan(y)]  # the packages count what is left 1 ... n
        ours, theil = mann_kendall(y), theil_sen(y)
        corrected = mann_kendall(y, autocorrelation="hamed_rao")
        figures = {key: getattr(ours, field) for key, field in MANN_KENDALL.items()}
        figures |= {"sen_slope": theil.slope, "sen_lo95": theil.low, "sen_hi95": theil.high}
        figures |= {"mmkh_Zc": corrected.z, "mmkh_p": corrected.p_value, "mmkh_sen": theil.slope}
        for key, figure in figures.items():
            theirs = numbers([row], key)[0]
            if np.isnan(theirs) and key.startswith(("kendall", "mmkh")):
                result.left_out[f"rank: {key.split('_')[0]}, {DEGENERATE}"] += 1
                continue
            result.figures(f"{name} {key}", figure, theirs, SINGLE_PRECISION if key.startswith("kendall") else LIMITS)
    return result


def compare_exact(folder: Path) -> Comparison:
    """poisson.test, binom.test, prop.test without continuity correction, and poisson.test of two periods."""
    result = Comparison()
    for row in read(folder, "exact_ci"):
        name, test = f"{row['series_id']} {row['test']}", row["test"]
        x1, t1, x2, t2 = (numbers([row], key)[0] for key in ("x1", "T1", "x2", "T2"))
        theirs = [numbers([row], key)[0] for key in ("estimate", "lo95", "hi95")]
        if test.startswith("poisson.test_ratio"):
            ratio = rate_ratio(x1, t1, x2, t2)
            result.figures(name, [ratio.ratio, ratio.low, ratio.high], theirs, LIMITS)
            result.figures(f"{name} p", ratio.p_value, float(row["p_value"]), LIMITS)
        elif test.startswith("poisson.test"):
            _compare_interval(result, name, rate_interval(x1, t1), theirs)
        elif test.startswith("binom.test"):
            _compare_interval(result, name, proportion_interval(x1, t1), theirs)
        elif "wilson_nocc" in test:
            _compare_interval(result, name, proportion_interval(x1, t1, method="wilson"), theirs)
        else:
            result.left_out[f"exact: {test} is not built"] += 1
    return result


def _compare_interval(result: Comparison, name: str, ours: Interval, theirs: list[float]) -> None:
    result.figures(name, [ours.rate, ours.low, ours.high], theirs, LIMITS)


def compare_armitage(folder: Path) -> Comparison:
    """stats::prop.trend.test."""
    result = Comparison()
    series = grouped(read(folder, "series"), "series_id")
    for row in read(folder, "trend_cochran_armitage"):
        points = series[row["series_id"]]
        scores = _months(points) if row["score"] == "months_since_first" else None
        ours = cochran_armitage(numbers(points, "numerator"), numbers(points, "denominator"), scores)
        result.figures(
            row["series_id"], [ours.z**2, ours.p_value], [float(row["chisq"]), float(row["p_value"])], LIMITS
        )
    return result


def compare_qcc(folder: Path) -> Comparison:
    """qcc: a third opinion on xbar.one, c, u and p."""
    result = Comparison()
    series = grouped(read(folder, "series"), "series_id")
    for (name, kind), rows in _by_type(read(folder, "qcc_limits")).items():
        points = series.get(name, [])
        if kind not in ("xbar.one", "c", "u", "p"):
            result.left_out[f"qcc: {kind} is not compared"] += 1
        elif len(points) != len(rows) or np.isnan(numbers(points, "value")).any():
            result.left_out["qcc: series with missing values"] += 1
        elif np.isnan(numbers(rows, "ucl")).any() or (numbers(rows, "ucl") == numbers(rows, "lcl")).all():
            result.left_out["qcc: collapsed limits"] += 1
        else:
            _compare_qcc(result, f"{name} {kind}", kind, points, rows)
    return result


def _compare_qcc(
    result: Comparison, name: str, kind: str, points: list[dict[str, str]], rows: list[dict[str, str]]
) -> None:
    centre, lower, upper = (numbers(rows, key) for key in ("center", "lcl", "ucl"))
    if kind == "xbar.one":
        chart = control_chart("xmr", numbers(points, "value"))
        centre_to = I_SCALE
        lower, upper = centre - (centre - lower) * centre_to, centre + (upper - centre) * centre_to
        ours = chart.computed_lower
    else:
        size = None if kind == "c" else numbers(points, "denominator")
        chart = control_chart(kind, numbers(points, "numerator"), size)
        ours = chart.lower
    for what, figure, theirs in (("center", chart.centre, centre), ("lcl", ours, lower), ("ucl", chart.upper, upper)):
        result.figures(f"{name} {what}", figure, theirs, LIMITS)


def _by_type(rows: list[dict[str, str]]) -> dict[tuple[str, str], list[dict[str, str]]]:
    groups: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        groups[row["series_id"], row["type"]].append(row)
    return groups


COMPARISONS = {
    "NHSRplotthedots": compare_ptd,
    "qicharts2": compare_qic,
    "qcc": compare_qcc,
    "stats::glm": compare_glm,
    "rank tests": compare_rank,
    "exact intervals": compare_exact,
    "prop.trend.test": compare_armitage,
}
