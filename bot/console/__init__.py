"""The same bot in the terminal."""
