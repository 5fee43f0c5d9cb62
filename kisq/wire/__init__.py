"""What goes over the wire, as pure functions: no socket, file, clock, environment or logger."""
