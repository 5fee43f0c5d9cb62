"""Is the market of a key open: sessions, holidays, and what is said of them."""
