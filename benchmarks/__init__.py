"""Benchmarks: what this package costs beside what it cannot do without, run side by side."""
