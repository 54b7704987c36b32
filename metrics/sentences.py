"""Figures and sentences: how a number is written, and how a sentence is said of each of many series."""

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .points import Strings

DIGITS = 3  # of a figure in a sentence
MOST_PLACES = 12  # behind the point


def figure(value: float) -> str:
    """Three figures, and never a power of ten."""
    if value == 0 or not np.isfinite(value):
        return "0" if value == 0 else "unknown"
    places = max(DIGITS - 1 - int(np.floor(np.log10(abs(value)))), 0)
    text = f"{value:.{min(places, MOST_PLACES)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def said(sentence: Callable[..., str], *figures: NDArray[Any]) -> Strings:
    """The sentence of each series: the function is given its scalars. Shape: what the figures broadcast to."""
    together = np.broadcast_arrays(*figures)
    shape = together[0].shape
    lists = (array.reshape(prod(shape)).tolist() for array in together)
    return np.array([sentence(*scalars) for scalars in zip(*lists, strict=True)], dtype=str).reshape(shape)
