"""How long tests wait for what must come."""

# Seconds. Only a test that fails waits so long, so it is far more than a slow or a paused machine
# takes, and less than the ``faulthandler_timeout`` of pyproject.toml.
PATIENCE = 60.0
