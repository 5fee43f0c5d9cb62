"""KIS's symbol files (protocol.md section 6): download, parse, keep in one SQLite file, look up."""
