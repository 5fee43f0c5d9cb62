"""The one loop from a source to its sinks, and what is said of a run."""
