"""What KIS documents, written once, as data."""
