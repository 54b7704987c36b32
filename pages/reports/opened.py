"""The store that a report is made from; none is made of real figures until somebody has approved who may see what."""

from data.config import Home
from data.record import StoreError
from data.store import Store
from pages.shared import words


def opened(home: Home) -> Store:
    """The current version. Raises StoreError where there is none, or where nothing may be shown yet."""
    store = Store.open(home)
    if store is None:
        raise StoreError(
            f"{home.root} holds no figures yet; load an extract first, or say --sample for the sample trust."
        )
    if not home.is_sample and not store.policy.is_approved:
        raise StoreError(words.NOT_APPROVED)
    return store
