"""Tests: scenario mathematics."""
