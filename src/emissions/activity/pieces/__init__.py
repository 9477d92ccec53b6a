"""Large tables in pieces: row groups and blocks of files, read side by side and added in file order."""
