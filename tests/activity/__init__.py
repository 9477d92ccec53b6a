"""Tests of reading, checking and writing activity data."""
