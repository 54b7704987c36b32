"""Numbers in, numbers out: control charts, rules and trend tests on arrays of shape (..., n_points), oldest first.

`import metrics` loads numpy alone; scipy is loaded by the functions that need it.
"""

from .accelerator import accelerate
from .armitage import CochranArmitage, cochran_armitage
from .chart import control_chart
from .choose import choose_chart
from .doubt import doubtful_months
from .explain import Signal, explain
from .gaps import Gaps, gaps_between
from .goals import RareEvents, milestone, rare_event_statement
from .intervals import Interval, proportion_interval, rate_interval
from .now import RateNow, rate_now
from .rank import MannKendall, TheilSen, mann_kendall, theil_sen
from .ratio import Ratio, rate_ratio
from .result import ControlChart
from .rollup import RollUp, roll_up
from .rules import RULE_SETS, RuleSet
from .runs import Runs
from .trend import Trend, count_trend, proportion_trend

__all__ = [
    "RULE_SETS",
    "CochranArmitage",
    "ControlChart",
    "Gaps",
    "Interval",
    "MannKendall",
    "RareEvents",
    "RateNow",
    "Ratio",
    "RollUp",
    "RuleSet",
    "Runs",
    "Signal",
    "TheilSen",
    "Trend",
    "accelerate",
    "choose_chart",
    "cochran_armitage",
    "control_chart",
    "count_trend",
    "doubtful_months",
    "explain",
    "gaps_between",
    "mann_kendall",
    "milestone",
    "proportion_interval",
    "proportion_trend",
    "rare_event_statement",
    "rate_interval",
    "rate_now",
    "rate_ratio",
    "roll_up",
    "theil_sen",
]
