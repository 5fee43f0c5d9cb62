"""The languages of what people read: sentences that can be translated, and the catalogue."""
