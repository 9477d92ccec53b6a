"""A scenario as a revision of the activity data of its base year."""
