"""kisq: is the KIS real-time WebSocket broadcasting, and if not, why."""

__version__ = "0.1.0"
