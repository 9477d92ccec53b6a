"""Tests: reports of scenarios."""
