"""A check as one JSON object, in English, at its end."""

from typing import Any

from kisq.check.report import KeyReport, Lag, Report, Stage
from kisq.output.json_text import as_json
from kisq.output.stream import Lines
from kisq.wire.escape import Redactor
from kisq.wire.frames import is_known, received_at

_DIGITS = 3  # milliseconds


class CheckJson:
    """Writes nothing while a check runs, and one JSON object at its end."""

    def __init__(self, out: Lines, redact: Redactor) -> None:
        self._out = out
        self._redact = redact

    def stage(self, key: str, stage: Stage) -> None:
        """Nothing yet."""

    def waiting(self, sentence: str) -> None:
        """Nothing yet."""

    def close(self, report: Report) -> None:
        """Write ``report``."""
        checked_at = None
        if is_known(report.checked_at):
            checked_at = received_at(report.checked_at)
        members = {
            "verdict": report.verdict.word,
            "exit": report.verdict.exit_code,
            "checked_at": checked_at,
            "keys": [_key(key) for key in report.keys],
        }
        self._out.write(as_json(members, self._redact).encode())
        self._out.flush()


def _key(key: KeyReport) -> dict[str, Any]:
    return {
        "tr_id": key.tr_id,
        "tr_key": key.tr_key,
        "verdict": key.verdict.word,
        "reason": key.reason,
        "next_step": key.next_step,
        "stages": [_stage(stage) for stage in key.stages],
        "messages": key.messages,
        "records": key.records,
        "rate": _rounded(key.rate),
        "first_data_seconds": _rounded(key.first_data_seconds),
        "longest_gap_seconds": _rounded(key.longest_gap_seconds),
        "lag_seconds": _lag(key.lag),
        "warnings": key.warnings,
        "session": key.session,
        "name": key.name or None,
        "currency": key.currency or None,
    }


def _stage(stage: Stage) -> dict[str, Any]:
    return {
        "stage": stage.name.in_json,
        "status": stage.status.value,
        "seconds": _rounded(stage.seconds),
        "detail": stage.detail,
    }


def _lag(lag: Lag | None) -> dict[str, float | None] | None:
    if lag is None:
        return None
    return {name: _rounded(value) for name, value in lag._asdict().items()}


def _rounded(seconds: float | None) -> float | None:
    if seconds is None:
        return None
    return round(seconds, _DIGITS)
