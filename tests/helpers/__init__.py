"""What several test modules share: they import it from here, never from each other."""
