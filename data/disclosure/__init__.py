"""The disclosure auditor: what could a reader of everything shown work out, and what must be withheld so that he cannot?

Counts that nobody outside knows are unknown whole numbers; everything shown is a statement about sums of them
(methods.md, section 8). Pure: no store, no page.
"""

from data.disclosure.audit import NotSafe, audit
from data.disclosure.bounds import counts_shown_as, counts_where
from data.disclosure.model import Atom, Secret, Shown, Statement, changed, not_exact, small, small_rest

__all__ = [
    "Atom",
    "NotSafe",
    "Secret",
    "Shown",
    "Statement",
    "audit",
    "changed",
    "counts_shown_as",
    "counts_where",
    "not_exact",
    "small",
    "small_rest",
]
