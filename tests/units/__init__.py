"""Tests: units."""
