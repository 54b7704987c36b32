"""Where things are: the folder that ZERO_HARM_HOME names, and what stands in it."""

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
CODE_VERSION = "0.1.0"


@dataclass(frozen=True)
class Home:
    """One store: its record, its published files, its own measures. The sample trust has a home of its own."""

    root: Path
    is_sample: bool = False

    @property
    def record(self) -> Path:
        return self.root / "record.duckdb"

    @property
    def lock(self) -> Path:
        return self.root / "record.lock"

    @property
    def published(self) -> Path:
        return self.root / "published"

    @property
    def pointer(self) -> Path:
        return self.published / "current.json"

    @property
    def measures(self) -> Path:
        return self.root / "measures"

    @property
    def branding(self) -> Path:
        """How the trust dresses the dashboard, where it says so."""
        return self.root / "branding.toml"

    @property
    def policy(self) -> Path:
        """Who sees what of small numbers here, and who approved that (data/access/policy.py)."""
        return self.root / "policy.toml"

    @property
    def grants(self) -> Path:
        """Who has which role, for every process: published alone, in a small file (data/grants.py)."""
        return self.published / "grants.json"

    @property
    def publications(self) -> Path:
        """The figures of every pack that was made for the public (data/publications.py)."""
        return self.root / "publications"

    @property
    def published_packs(self) -> Path:
        """The list of those packs."""
        return self.published / "publications.json"

    @property
    def mail(self) -> Path:
        """The mail server of the trust, and where links lead to (pages/reports/delivery/settings.py)."""
        return self.root / "mail.toml"

    @property
    def mail_lock(self) -> Path:
        return self.root / "mail.lock"

    @property
    def signed_out(self) -> Path:
        """Whose sessions are over (data/sessions.py)."""
        return self.root / "signed_out.json"

    @property
    def rejects(self) -> Path:
        return self.root / "rejects"

    @property
    def audit_head(self) -> Path:
        """The last hash of the audit chain, kept outside the database so that a cut tail is noticed."""
        return self.root / "audit.head"

    @property
    def trails(self) -> Path:
        """Who looked, exported and signed in: one chained file for each process, so that looking never waits."""
        return self.root / "audit"

    @property
    def reference_key(self) -> Path:
        """The key that turns a source's incident reference into `event_ref`."""
        return self.root / "event_reference.key"

    @property
    def last_backup(self) -> Path:
        """When the last backup of this store was made (data/backup.py)."""
        return self.root / "last_backup.json"

    @property
    def has_record(self) -> bool:
        return self.record.exists()


def own_home() -> Home:
    """The trust's own store: ZERO_HARM_HOME, or `var/` beside dashboard.py."""
    return Home(Path(os.environ.get("ZERO_HARM_HOME") or PROJECT / "var").expanduser().resolve())


def sample_home() -> Home:
    """The sample trust's store: a folder of its own, so that it can never mix with real data."""
    return Home(own_home().root / "sample", is_sample=True)
