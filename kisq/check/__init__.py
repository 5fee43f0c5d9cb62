"""Is it broadcasting? Measurements, rules, verdicts, and their reports."""
