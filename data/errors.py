"""An error gets a reference: whoever met it reads it out, and the log has the rest under the same one."""

import logging
import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing in it is taken for another when it is read out
LENGTH = 8

_LOG = logging.getLogger(__name__)


def error_reference() -> str:
    """A short random reference, for a sentence on a page and for the log."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def log_error(error: BaseException, *, page: str = "", reference: str | None = None) -> str:
    """Log an error with where it happened, never what it says; gives its reference."""
    reference = reference or error_reference()
    _LOG.error("Something went wrong", exc_info=error, extra={"reference": reference, "page": page})
    return reference
