"""Tests: scenario outcome."""
