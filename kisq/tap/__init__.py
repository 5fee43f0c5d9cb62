"""Between a user's program and KIS: pass all on, show it, say what the program does wrong."""
