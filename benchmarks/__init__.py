"""Benchmarks: what things cost, measured and printed; nothing here passes or fails by a time."""
