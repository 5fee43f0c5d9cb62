"""The world outside: the approval endpoint and the WebSocket."""
