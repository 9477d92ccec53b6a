"""A slow, obvious calculation of the same numbers, which shares no module with the engine."""
