"""What everybody may be shown of a version: computed from exact figures, audited, masked last; and what it tells."""
