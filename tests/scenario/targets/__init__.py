"""Tests: scenario targets."""
