"""What there is to say about a word; pure: moments and calendars come in as arguments."""
