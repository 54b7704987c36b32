"""The trust's policy on small numbers: (audience, level, sensitivity) -> exact, suppressed or hidden; who approved it.

The table that ships is the widest there is. A trust's own (`policy.toml` in its folder) may only show less; it carries the
name of who approved it, the day, and a hash of what was approved, so that a later change needs a new word. What is not
named is hidden.
"""

import hashlib
import json
import tomllib
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from data.access.roles import Audience
from data.access.suppression import Masking, Seen, narrower
from data.config import Home
from metrics.measure import Sensitivity

SHIPPED = Path(__file__).with_name("policy.toml")
_TIERS = {
    "trust": "trust",
    "provider": "trust",
    "country": "trust",
    "division": "division",
    "service": "division",
    "ward": "ward",
    "team": "ward",
}
TIERS = ("trust", "division", "ward")
DEPTHS = ("none", "trust", "division")  # how far down the public is shown audited figures: the later, the more
LEAST_THRESHOLD, MOST_THRESHOLD = 5, 20
LEAST_ROUNDING, MOST_ROUNDING = 5, 20


class PolicyError(ValueError):
    """The policy file cannot be used: one sentence says where, and what to do."""


@dataclass(frozen=True)
class Policy:
    """Who sees what, how small is small, how far down is published, and who said so; `approved_by` is '' until somebody has."""

    table: tuple[tuple[Audience, str, Sensitivity, Seen], ...]
    masking: Masking
    publishes: str = DEPTHS[0]
    approved_by: str = ""
    approved_on: date | None = None
    approved_hash: str = ""

    @cached_property
    def _seen(self) -> dict[tuple[Audience, str, Sensitivity], Seen]:
        return {(audience, tier, sensitivity): how for audience, tier, sensitivity, how in self.table}

    def seen(self, audience: Audience, level: str, sensitivity: Sensitivity) -> Seen:
        """How a figure of this sensitivity at this level is shown to this audience; what is not named is hidden."""
        return self._seen.get((audience, _TIERS.get(level, ""), sensitivity), Seen.HIDDEN)

    @property
    def hash(self) -> str:
        """Of all that decides what is shown: the key of what is cached, and what an approval is of."""
        rows = sorted([a, t, s, self.seen(a, t, s)] for a in Audience for t in TIERS for s in Sensitivity)
        # An approval that was given before figures were published says nothing of them, and still holds.
        depth = [] if self.publishes == DEPTHS[0] else [self.publishes]
        said = json.dumps([rows, self.masking.threshold, self.masking.rounding, *depth])
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    @property
    def is_approved(self) -> bool:
        """Somebody has approved it as it stands."""
        return bool(self.approved_by) and self.approved_on is not None and self.approved_hash == self.hash


@cache
def shipped_policy() -> Policy:
    """The widest that may be shown (methods.md, section 8); nobody has approved it."""
    return _parse(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name)


def load_policy(home: Home) -> Policy:
    """The policy of a home: its own file, or the shipped one. Raises PolicyError."""
    if not home.policy.exists():
        return shipped_policy()
    try:
        found = _parse(home.policy.read_text(encoding="utf-8"), home.policy.name)
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"{home.policy.name} cannot be read; mend it, or take it away and approve anew.") from error
    _refuse_wider(found, home.policy.name)
    return found


def masked(policy: Policy, threshold: int | None, rounding: int | None) -> Policy:
    """The same table with another threshold or rounding. Raises PolicyError."""
    now = policy.masking
    new = Masking(
        _number(
            now.threshold if threshold is None else threshold,
            "threshold",
            LEAST_THRESHOLD,
            MOST_THRESHOLD,
            "The policy",
        ),
        _number(
            now.rounding if rounding is None else rounding, "rounding", LEAST_ROUNDING, MOST_ROUNDING, "The policy"
        ),
    )
    return replace(policy, masking=new)


def as_text(policy: Policy, by: str, on: date) -> str:
    """The policy file that says that somebody approved this table on a day. Raises PolicyError where nobody is named."""
    if not _printable(by).strip():
        raise PolicyError("Say who approves the policy: --by 'Name, Caldicott guardian'.")
    lines = [
        "# Who sees what of small numbers. A change needs a new approval: python -m data policy --approve --by …",
        "",
    ]
    lines += [f"threshold = {policy.masking.threshold}", f"rounding = {policy.masking.rounding}"]
    lines += [f'publishes = "{policy.publishes}"', "", "[approved]"]
    lines += [
        f"by = {json.dumps(_printable(by), ensure_ascii=False)}",
        f"on = {on.isoformat()}",
        f'of = "{policy.hash}"',
    ]
    for audience in Audience:
        lines += ["", f"[{audience}]"]
        for tier in TIERS:
            cells = ", ".join(f'{s} = "{policy.seen(audience, tier, s)}"' for s in Sensitivity)
            lines.append(f"{tier} = {{ {cells} }}")
    return "\n".join(lines) + "\n"


def _printable(name: str) -> str:
    return "".join(letter for letter in name if letter.isprintable())


def _parse(text: str, name: str) -> Policy:
    try:
        said: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{name} is no TOML ({error}); mend it, or take it away and approve anew.") from error
    approved = said.pop("approved", {})
    masking = Masking(
        _number(said.pop("threshold", 5), "threshold", LEAST_THRESHOLD, MOST_THRESHOLD, name),
        _number(said.pop("rounding", 5), "rounding", LEAST_ROUNDING, MOST_ROUNDING, name),
    )
    publishes = _depth(said.pop("publishes", DEPTHS[0]), name)
    table = tuple(row for audience, tiers in said.items() for row in _rows(audience, tiers, name))
    by, on, of = (approved.get(key) if isinstance(approved, dict) else None for key in ("by", "on", "of"))
    if on is not None and type(on) is not date:
        raise PolicyError(f"{name}: 'on' of [approved] is a day such as 2026-11-22, without quotes.")
    return Policy(table, masking, publishes, str(by or "").strip(), on, str(of or ""))


def _rows(audience: str, tiers: Any, name: str) -> list[tuple[Audience, str, Sensitivity, Seen]]:
    try:
        return [
            (Audience(audience), TIERS[TIERS.index(tier)], Sensitivity(sensitivity), Seen(how))
            for tier, cells in tiers.items()
            for sensitivity, how in cells.items()
        ]
    except (ValueError, AttributeError) as error:
        raise PolicyError(
            f"{name}: [{audience}] is not understood. Audiences are {', '.join(Audience)}; levels {', '.join(TIERS)}; "
            f"sensitivities {', '.join(Sensitivity)}; and each is {', '.join(Seen)}."
        ) from error


def _number(value: Any, key: str, least: int, most: int, name: str) -> int:
    if type(value) is not int or not least <= value <= most:
        raise PolicyError(f"{name}: the {key} is a whole number from {least} to {most}.")
    return value


def _depth(value: Any, name: str) -> str:
    if value not in DEPTHS:
        raise PolicyError(f"{name}: publishes is {', '.join(DEPTHS[:-1])} or {DEPTHS[-1]}, not {value!r}.")
    return str(value)


def _refuse_wider(policy: Policy, name: str) -> None:
    """A trust may show less than what ships, never more."""
    widest = shipped_policy()
    if DEPTHS.index(policy.publishes) > DEPTHS.index(widest.publishes):
        raise PolicyError(
            f"{name} publishes figures down to '{policy.publishes}'; '{widest.publishes}' is as far as may be published. Say "
            f"'{widest.publishes}' or less, and approve it."
        )
    for audience, tier, sensitivity, how in policy.table:
        most = widest.seen(audience, tier, sensitivity)
        if narrower(how, most) is not how:
            raise PolicyError(
                f"{name} shows {sensitivity} figures at {tier} level to the {audience} audience as '{how}'; "
                f"'{most}' is the most that may be shown. Say '{most}' or less, and approve it."
            )
