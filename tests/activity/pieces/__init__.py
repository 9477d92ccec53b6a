"""Tests: large tables in pieces."""
