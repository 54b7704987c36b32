"""Our funnels beside those of FunnelPlotR 0.6.0."""

from pathlib import Path

import numpy as np
from golden import LIMITS, Comparison, grouped, numbers, read

from metrics.funnel import Funnel, funnel

LINES = {"lower_95": "LCL95", "upper_95": "UCL95", "lower_998": "LCL998", "upper_998": "UCL998"}
UNCLAMPED = "funnel: the package's upper limit of a share has turned back below 1, ours is 1"


def compare_funnel(folder: Path) -> Comparison:
    """FunnelPlotR: limits, φ, τ² and flags of every configuration of shares (PR) and of standardised ratios (SR)."""
    result = Comparison()
    units = grouped(read(folder, "funnel_units"), "config_id")
    summaries = {row["config_id"]: row for row in read(folder, "funnel_summary")}
    for config in read(folder, "funnel_configs"):
        name = config["config_id"]
        if config["data_type"] == "RC":
            result.left_out["funnel: RC, whose limits take the denominator for the events"] += 1
        else:
            _compare_plain(result, name, config, units[name])
            if config["data_type"] == "SR" and config["sr_method"] == "CQC":
                result.left_out["funnel: CQC-adjusted limits, half as wide as they should be"] += 1
            else:
                _compare_adjusted(result, name, config, units[name], summaries[name])
    return result


def _ours(config: dict[str, str], rows: list[dict[str, str]], overdispersion: str) -> Funnel:
    """The package rounds expected events to 2 places unless told not to; its own table shows them as it used them."""
    y, n = numbers(rows, "numerator"), numbers(rows, "denominator")
    options = {"method": "transformed", "overdispersion": overdispersion, "trim": float(config["trim_by"])}
    if config["data_type"] == "SR":
        return funnel(y, kind="ratio", expected=n, **options)
    return funnel(y, n, kind="proportion", **options)


def _compare_plain(result: Comparison, name: str, config: dict[str, str], rows: list[dict[str, str]]) -> None:
    ours = _ours(config, rows, "none")
    _compare_lines(result, name, ours, config, rows, "")
    if config["draw_adjusted"] == "FALSE":
        _compare_flags(result, name, ours, config, rows, "")


def _compare_adjusted(
    result: Comparison, name: str, config: dict[str, str], rows: list[dict[str, str]], summary: dict[str, str]
) -> None:
    if config["draw_adjusted"] == "FALSE":
        result.left_out["funnel: not asked for φ, the package says 0"] += 1
        return
    phi, tau_squared = float(summary["phi"]), float(summary["tau2"])
    if np.isinf(phi):
        result.left_out["funnel: the package's φ is infinite (the logarithm of no event)"] += 1
        return
    ours = _ours(config, rows, "truncate" if config["data_type"] == "SR" else "winsorise")
    result.figures(f"{name} phi", ours.phi, phi, LIMITS)
    result.figures(f"{name} tau2", ours.tau_squared, tau_squared, LIMITS)
    if tau_squared == 0 and config["data_type"] == "SR":
        result.left_out["funnel: adjusted limits where there is nothing to adjust for"] += 1
        if summary["draw_adjusted_final"] == "FALSE":
            _compare_flags(result, name, ours, config, rows, "")
        return
    _compare_lines(result, name, ours, config, rows, "OD_")
    _compare_flags(result, name, ours, config, rows, "OD_")


def _compare_lines(
    result: Comparison, name: str, ours: Funnel, config: dict[str, str], rows: list[dict[str, str]], prefix: str
) -> None:
    for field, column in LINES.items():
        line, theirs = getattr(ours, field), numbers(rows, prefix + column) / float(config["multiplier"])
        turned = _turned(config, line, theirs)
        if turned.any():
            result.left_out[UNCLAMPED] += int(turned.sum())
        result.figures(f"{name} {prefix}{column}", line[~turned], theirs[~turned], LIMITS)


def _turned(config: dict[str, str], line: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Where the package's arcsine has gone beyond 90 degrees, so that its limit falls again."""
    return (line == 1) & (theirs < 1) & (config["data_type"] == "PR")


def _compare_flags(
    result: Comparison, name: str, ours: Funnel, config: dict[str, str], rows: list[dict[str, str]], prefix: str
) -> None:
    """The package flags what lies beyond the line it drew; so are its flags compared with our lines."""
    y, n = numbers(rows, "numerator"), numbers(rows, "denominator")
    level = {"95": "95", "99": "998"}[config["limit"]]
    lower, upper = getattr(ours, f"lower_{level}"), getattr(ours, f"upper_{level}")
    turned = _turned(config, upper, numbers(rows, f"{prefix}UCL{level}") / float(config["multiplier"]))
    used = (y > 0) & ~turned
    beyond = (y / n > upper) | (y / n < lower)
    result.same(f"{name} outlier", beyond[used], numbers(rows, "outlier")[used] == 1)
    for reason, left in (("of a unit without an event", y == 0), ("by a limit that has turned back", turned)):
        if left.any():
            result.left_out[f"funnel: flag {reason}"] += int(left.sum())
