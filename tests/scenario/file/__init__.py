"""Tests: scenario file."""
