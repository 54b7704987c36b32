"""Numbers in, numbers out: control charts, rules and trend tests on arrays of shape (..., n_points), oldest first.

`import metrics` loads numpy alone; scipy is loaded by the functions that need it.
"""

from .accelerator import accelerate
from .armitage import CochranArmitage, cochran_armitage
from .chance import ChanceOfGoal, chance_of_goal
from .chart import control_chart
from .choose import choose_chart
from .cusum import Cusum, cusum
from .distance import Distance, distance_to_goal
from .doubt import doubtful_months
from .effects import Effect
from .explain import Signal, explain
from .false_signals import FalseSignals, expected_false_signals
from .family import Findings, benjamini_hochberg
from .funnel import Funnel, funnel
from .gaps import Gaps, gaps_between
from .groups import GroupRatios, compare_groups
from .interrupted import InterruptedSeries, interrupted_series
from .intervals import Interval, proportion_interval, rate_interval
from .now import RateNow, rate_now
from .pace import Pace, pace_to_halve
from .power import DetectableChange, detectable_change
from .prediction import Forecast, forecast
from .proposals import Proposals, propose_phases
from .questions import Questions, questions
from .rank import MannKendall, TheilSen, mann_kendall, theil_sen
from .rare import RareEvents, rare_event_statement
from .ratio import Ratio, rate_ratio
from .result import ControlChart
from .rollup import RollUp, roll_up
from .rules import RULE_SETS, RuleSet
from .runs import Runs
from .trajectory import milestone
from .trend import Trend, count_trend, proportion_trend
from .years import Years, compare_years

__all__ = [
    "RULE_SETS",
    "ChanceOfGoal",
    "CochranArmitage",
    "ControlChart",
    "Cusum",
    "DetectableChange",
    "Distance",
    "Effect",
    "FalseSignals",
    "Findings",
    "Forecast",
    "Funnel",
    "Gaps",
    "GroupRatios",
    "InterruptedSeries",
    "Interval",
    "MannKendall",
    "Pace",
    "Proposals",
    "Questions",
    "RareEvents",
    "RateNow",
    "Ratio",
    "RollUp",
    "RuleSet",
    "Runs",
    "Signal",
    "TheilSen",
    "Trend",
    "Years",
    "accelerate",
    "benjamini_hochberg",
    "chance_of_goal",
    "choose_chart",
    "cochran_armitage",
    "compare_groups",
    "compare_years",
    "control_chart",
    "count_trend",
    "cusum",
    "detectable_change",
    "distance_to_goal",
    "doubtful_months",
    "expected_false_signals",
    "explain",
    "forecast",
    "funnel",
    "gaps_between",
    "interrupted_series",
    "mann_kendall",
    "milestone",
    "pace_to_halve",
    "proportion_interval",
    "proportion_trend",
    "propose_phases",
    "questions",
    "rare_event_statement",
    "rate_interval",
    "rate_now",
    "rate_ratio",
    "roll_up",
    "theil_sen",
]
