"""What leaves the process: byte lines, notices on stderr, raw, plain lines, NDJSON, counts."""
