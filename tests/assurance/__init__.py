"""Tests: assurance."""
