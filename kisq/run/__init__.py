"""The one loop from a source to its sinks, and the judgement of a run."""
