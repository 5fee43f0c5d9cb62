"""Is it broadcasting? Measurements, verdicts and the course of a check."""
