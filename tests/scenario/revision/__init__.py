"""Tests: scenario revision."""
