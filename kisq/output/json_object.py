"""A single object as one line of JSON, without secrets or unprintable characters."""

import json
from collections.abc import Callable
from typing import Any

from kisq.wire.escape import unprintable_escaped


def as_json(value: Any, redact: Callable[[str], str] = str) -> str:
    """``value`` on one line, keys in their order; texts go through ``redact`` before encoding."""
    text = json.dumps(_redacted(value, redact), ensure_ascii=False, separators=(",", ":"))
    return unprintable_escaped(text)


def _redacted(value: Any, redact: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {name: _redacted(member, redact) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_redacted(member, redact) for member in value]
    return value
