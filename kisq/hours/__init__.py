"""Whether the market of a key is open: sessions, holidays, and sentences about them."""
