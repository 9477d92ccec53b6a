"""What a user sees: result folders, workbooks, the terminal."""
