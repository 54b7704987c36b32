"""The feeds: what each is for, its columns, and a template to fill in."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches


@dataclass(frozen=True)
class Feed:
    """One layout of a file. `name` is also the name of its staging query, `sql/staging/<name>.sql`.

    `national` feeds bring their own units (providers); the others speak of the units that the record knows.
    """

    name: str
    purpose: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    date_style: str = "iso"
    headerless: bool = False
    national: bool = False
    example: tuple[tuple[str, ...], ...] = field(default=())

    @property
    def columns(self) -> tuple[str, ...]:
        return self.required + self.optional


FEEDS = {
    feed.name: feed
    for feed in (
        Feed(
            "monthly",
            "Counts by month: one row per month, unit and measure.",
            ("month", "unit", "measure", "numerator"),
            ("denominator", "state", "breakdown", "severity"),
            example=(
                ("2026-04", "W01", "falls_all", "3", "", "", "", ""),
                ("2026-04", "W02", "falls_all", "0", "", "", "", ""),
                ("2026-04", "W01", "care_plan_on_time", "17", "18", "", "", ""),
                ("2026-04", "W03", "falls_all", "", "", "missing", "", ""),
            ),
        ),
        Feed(
            "exposure",
            "What harm is counted against: occupied bed days, admissions, discharges, caseload, contacts, doses.",
            ("month", "unit", "kind", "value"),
            example=(("2026-04", "W01", "occupied_bed_days", "512"), ("2026-04", "W02", "occupied_bed_days", "488")),
        ),
        Feed(
            "events",
            "Serious harm by the day it happened. References are stored as keyed hashes; never send text or names.",
            ("day", "unit", "measure", "event_reference"),
            ("revision", "severity", "status", "covers_from", "covers_to"),
            example=(
                (
                    "2026-04-17",
                    "W01",
                    "falls_harm",
                    "INC-20417",
                    "1",
                    "moderate",
                    "confirmed",
                    "2026-04-01",
                    "2026-04-30",
                ),
                ("", "*", "falls_harm", "", "", "", "", "2026-04-01", "2026-04-30"),
            ),
        ),
        Feed(
            "units",
            "The whole tree of the trust, dated: units open, close, move and merge.",
            ("code", "name", "level", "parent", "valid_from"),
            ("peer_group", "beds", "valid_to", "follows"),
            example=(
                ("TRUST", "Our trust", "trust", "", "2020-04-01", "", "", "", ""),
                ("LOCAL", "Local division", "division", "TRUST", "2020-04-01", "", "", "", ""),
                ("W01", "Maple ward", "ward", "LOCAL", "2020-04-01", "acute", "18", "", ""),
                ("W02", "Oak ward", "ward", "LOCAL", "2020-04-01", "acute", "16", "", ""),
                ("W03", "Elm ward", "ward", "LOCAL", "2020-04-01", "older adult", "14", "", ""),
            ),
        ),
        Feed(
            "mhsds",
            "The national MHSDS monthly file, as NHS England publishes it.",
            (
                "reporting_period_start",
                "reporting_period_end",
                "status",
                "breakdown",
                "primary_level",
                "primary_level_description",
                "secondary_level",
                "secondary_level_description",
                "measure_id",
                "measure_name",
                "measure_value",
            ),
            date_style="dmy",
            national=True,
            example=(
                (
                    "01/04/2026",
                    "30/04/2026",
                    "Performance",
                    "Provider",
                    "RXX",
                    "AN NHS TRUST",
                    "NONE",
                    "NONE",
                    "MRS02",
                    "Number of referral-spells still open",
                    "1200",
                ),
            ),
        ),
        Feed(
            "providers",
            "A tidy national file: people restrained, bed days and people detained, by provider and month.",
            (
                "period_start",
                "provider_name",
                "people_restrained_mhs76",
                "bed_days",
                "people_detained_or_subject_to_mha",
            ),
            national=True,
            example=(("2026-04-01", "AN NHS TRUST", "60", "13380", "340"),),
        ),
        Feed(
            "cuts",
            "A headerless monthly cut of national figures: date, provider, measure, value.",
            ("date", "provider", "measure", "value"),
            headerless=True,
            national=True,
            example=(("01/04/2026", "AN NHS TRUST", "MHS76", "60"),),
        ),
    )
}


def template(feed: Feed) -> str:
    """The feed's template as CSV text: its header and example rows."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if not feed.headerless:
        writer.writerow(feed.columns)
    writer.writerows(feed.example)
    return out.getvalue()


def column_name(text: str) -> str:
    """A header as the feeds spell it: lower case, blanks as underscores."""
    return "_".join(text.replace("\ufeff", "").strip().casefold().split())


def recognise(header: Sequence[str]) -> Feed | None:
    """The one feed whose layout this first line is, or None. Headerless cuts are known by their width and first date."""
    names = [column_name(cell) for cell in header]
    for feed in FEEDS.values():
        if not feed.headerless and set(feed.required) <= set(names) <= set(feed.columns):
            return feed
    if len(header) == 4 and header[0].strip()[:1].isdigit() and header[0].count("/") + header[0].count("-") == 2:
        return FEEDS["cuts"]
    return None


def header_problem(feed: Feed, header: Sequence[str]) -> str | None:
    """What is wrong with a header, in one sentence, or None. Another order of the columns is fine."""
    names = [column_name(cell) for cell in header]
    for name in names:
        if names.count(name) > 1:
            return f"the column '{name}' stands twice; keep one of them"
    for cell, name in zip(header, names, strict=True):
        if name not in feed.columns:
            near = get_close_matches(name, feed.columns, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"the {feed.name} feed has {', '.join(feed.columns)}"
            return f"the column '{cell.strip()}' is not one of the {feed.name} feed; {hint}"
    missing = [name for name in feed.required if name not in names]
    if missing:
        return f"the column '{missing[0]}' is missing; the {feed.name} feed needs {', '.join(feed.required)}"
    return None


def closest_feed(header: Sequence[str]) -> Feed:
    """The feed that shares most columns with a header that no feed fits."""
    names = {column_name(cell) for cell in header}
    return max(FEEDS.values(), key=lambda feed: len(names & set(feed.columns)) / len(feed.required))
