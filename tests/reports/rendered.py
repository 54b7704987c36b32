"""Packs as people see them: through poppler, and through LibreOffice for slides and workbooks."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

DOTS = 60  # an inch: enough to find a marker's colour
_PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.DOTALL)
_WORD = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>', re.DOTALL)
NEEDED = "ZERO_HARM_REQUIRE_OFFICE"


@dataclass(frozen=True)
class Word:
    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Sheet:
    """A page of a PDF: its size and words in points."""

    width: float
    height: float
    words: tuple[Word, ...]


def program(name: str) -> str:
    """The path of a program; without it the test is skipped, unless the machine is one that must have it."""
    found = shutil.which(name)
    if found is None:
        if os.environ.get(NEEDED):
            pytest.fail(f"{name} is not installed, and {NEEDED} says that it must be")
        pytest.skip(f"{name} is not installed")
    return found


def as_pdf(path: Path) -> Path:
    """Slides or a workbook as LibreOffice prints them."""
    profile = path.parent / "office"
    command = [
        program("soffice"), "--headless", f"-env:UserInstallation={profile.as_uri()}", "--convert-to", "pdf", "--outdir",
        str(path.parent / "printed"), str(path),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    return path.parent / "printed" / f"{path.stem}.pdf"


def sheets(path: Path) -> list[Sheet]:
    """Every page with its words and where they stand."""
    told = subprocess.run([program("pdftotext"), "-bbox", str(path), "-"], check=True, capture_output=True, timeout=120)
    found = []
    for width, height, inner in _PAGE.findall(told.stdout.decode()):
        words = (Word(unescape(w[4]), *map(float, w[:4])) for w in _WORD.findall(inner))
        found.append(Sheet(float(width), float(height), tuple(words)))
    return found


def fonts(path: Path) -> dict[str, bool]:
    """Each font's name and whether it is in the file."""
    told = subprocess.run([program("pdffonts"), str(path)], check=True, capture_output=True, text=True, timeout=60)
    rows = [line.split() for line in told.stdout.splitlines()[2:]]
    return {row[0]: row[-5] == "yes" for row in rows}


def pictures(path: Path) -> Iterator[np.ndarray]:
    """Every page as (height, width, 3) of 0 to 255."""
    stem = path.with_suffix("")
    subprocess.run([program("pdftoppm"), "-r", str(DOTS), "-png", str(path), str(stem)], check=True, timeout=240)
    for each in sorted(path.parent.glob(f"{stem.name}-*.png")):
        with Image.open(each) as picture:
            yield np.asarray(picture.convert("RGB"))


def shows(picture: np.ndarray, colour: str, least: int = 4) -> bool:
    """Whether so many dots of a page have a colour, or very nearly."""
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    near = (np.abs(picture.astype(int) - wanted) <= 24).all(axis=2)
    return int(near.sum()) >= least


def overlapping(sheet: Sheet) -> list[tuple[str, str]]:
    """Pairs of words of which one covers a third of the other."""
    words = [w for w in sheet.words if w.text.strip()]
    found = []
    for i, one in enumerate(words):
        for other in words[i + 1 :]:
            wide = min(one.right, other.right) - max(one.left, other.left)
            high = min(one.bottom, other.bottom) - max(one.top, other.top)
            if wide > 0 and high > 0 and wide * high > min(_area(one), _area(other)) / 3:
                found.append((one.text, other.text))
    return found


def _area(word: Word) -> float:
    return (word.right - word.left) * (word.bottom - word.top)


def outside(sheet: Sheet) -> list[str]:
    """Words that stand beyond the edge of the paper."""
    return [
        w.text
        for w in sheet.words
        if w.left < 0 or w.top < 0 or w.right > sheet.width + 0.5 or w.bottom > sheet.height + 0.5
    ]
