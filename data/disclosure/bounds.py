"""From what is shown to what it says of the count behind it, exactly: by the function that shows it, never a copy."""

from collections.abc import Callable

from data.access.suppression import Masking


def counts_shown_as(masking: Masking, shown: str) -> tuple[int, int]:
    """The least and the most count that are shown like this: `<5`, or a rounded number."""
    if shown == masking.count(0):
        return 0, masking.threshold - 1
    value = int(shown.replace(",", ""))
    near = range(max(masking.threshold, value - masking.rounding), value + masking.rounding + 1)
    same = [count for count in near if masking.count(count) == shown]
    if not same:
        raise ValueError(f"No count is shown as '{shown}'.")
    return same[0], same[-1]


def counts_where(show: Callable[[int], object], count: int, most: int | None = None) -> tuple[int, int]:
    """The least and the most count that `show` gives the same answer for as for `count`; `show` never turns back.

    For rates and shares of a denominator that the reader is taken to know.
    """
    shown = show(count)
    return count - _steps(lambda n: n <= count and show(count - n) == shown), count + _steps(
        lambda n: (most is None or count + n <= most) and show(count + n) == shown
    )


def _steps(holds: Callable[[int], bool]) -> int:
    """The largest n for which it holds, where it holds for every smaller one and n = 0: doubling, then halving."""
    n = 1
    while holds(n):
        n *= 2
    low, high = n // 2, n
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
