"""How a sending ended, for a scheduler: which exit code, and a line for each address."""

from collections.abc import Callable, Iterable

from data.commands.outcome import Outcome
from data.record import Busy
from pages.reports.delivery.smtp import Delivery, Fate

DONE, REFUSED, NOTHING, LATER = 0, 2, 3, 75  # 75: EX_TEMPFAIL of sysexits.h, which mail programs and schedulers know
EXIT_CODES = (
    "Exit codes: 0 done; 2 refused for good, for one address at the least, or a word of the command is wrong: a person must"
    " look; 3 nothing to send; 75 not now, for one address at the least: the same again later sends what is left."
)


def ended(deliveries: Iterable[Delivery], lines: Iterable[str], *, nothing: str) -> Outcome:
    """What became of every message. `nothing`: the sentence where there was none."""
    found = list(deliveries)
    fates = {each.fate for each in found}
    code = LATER if Fate.LATER in fates else REFUSED if Fate.REFUSED in fates else DONE if found else NOTHING
    errors = [_line(each) for each in found if each.fate is not Fate.SENT]
    return Outcome(code, lines=[*lines, *([] if found else [nothing])], errors=errors)


def _line(each: Delivery) -> str:
    again = " It is tried again when the command is." if each.fate is Fate.LATER else ""
    return f"Not sent to {each.address}: {each.why}.{again}"


def not_while_busy(send: Callable[[], Outcome]) -> Outcome:
    """What `send` says; where somebody else writes or sends, that it is for later."""
    try:
        return send()
    except Busy as error:
        return Outcome(LATER, errors=[str(error)])
