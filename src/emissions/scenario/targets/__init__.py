"""Targets of plans: what they say, from which indicator they are judged, where they contradict each other."""
