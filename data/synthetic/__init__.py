"""The sample trust: seeded figures with planted truths, loaded through the same path as real extracts."""

from data.synthetic.make import ensure_sample, make_sample

__all__ = ["ensure_sample", "make_sample"]
