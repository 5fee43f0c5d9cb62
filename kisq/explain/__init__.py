"""Explanations of words and messages; pure: moments and calendars come in as arguments."""
