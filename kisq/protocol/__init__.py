"""The protocol as pure functions: no socket, file, clock, environment or logger."""
