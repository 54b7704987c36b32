"""The parts of the Goals page."""

from pages.shared.deaths import death_verdict as death_verdict
