"""The labels on ladder and table of fields, each as one template, and what both of them say."""

from datetime import datetime
from typing import Protocol

from rich.text import Text

from kisq.output.figures import NOTHING, count_text, signed_text

OLD_SECONDS = 5.0
MARKET = "{korean} {english}"
DELAYED = "{minutes}분 지연 {minutes} min delayed"
AUCTION = "{korean} {english}"
SPREAD = "스프레드 spread {spread}"
SPREAD_AND_MID = "스프레드 spread {spread} ({points} bp) · 중간 mid {mid}"
EXPECTED = "예상체결 expected {price} x {size}"
EXPECTED_AND_RATE = "예상체결 expected {price} x {size} ({rate}%)"
ASK_TOTAL = "총잔량 total  매도 ask "
BID_TOTAL = "  매수 bid "
ASK_SHARE, BID_SHARE = "매도 {share} ", " {share} 매수"
NO_SHARES = "매도 ask – 매수 bid –"
SOME_LEVELS = "{shown}/{wanted} 호가 levels"
FIELDS_NOT_SHOWN = "{number} 필드 fields not shown"
_KOREAN_CLOCK = "한국 {clock}"
_EXCHANGE_CLOCK = "현지 {clock}"
_LAG = "지연 lag {lag}"
_SECONDS = "{seconds:.3f} s"
_BEYOND_DELAY = "{minutes} min {seconds:+.3f} s"
_UPDATES = "갱신 updates {updates:,} · {rate:.1f}/s"
_AGE = "{age:.1f} s ago"
_PINGPONGS = "PINGPONG {number}"
_TOTAL = "{total} ({change})"
_TIME, _DATED = "{:%H:%M:%S %Z}", "{:%Y-%m-%d %H:%M:%S %Z}"
BETWEEN = " · "


class Live(Protocol):
    """What a screen counts of a key."""

    updates: int
    rate: float
    age: float
    pingpongs: int


def line(*parts: str | tuple[str, str]) -> Text:
    """Texts and their styles on one line, which never wraps."""
    return Text.assemble(*parts, no_wrap=True, overflow="ellipsis")


def live(view: Live, *notes: str) -> Text:
    """How many updates came, how fast and how long ago, and ``notes``, of which some are empty."""
    updates = _UPDATES.format(updates=view.updates, rate=view.rate)
    age_style = "bold yellow" if view.age >= OLD_SECONDS else ""
    rest = [_PINGPONGS.format(number=view.pingpongs), *filter(None, notes)]
    return line(
        updates + BETWEEN,
        (_AGE.format(age=view.age), age_style),
        *(BETWEEN + text for text in rest),
    )


def lag(seconds: float | None, delay_minutes: int) -> str:
    """The lag in seconds, of a delayed key beyond its documented delay."""
    if seconds is None:
        text = NOTHING
    elif delay_minutes:
        beyond = seconds - delay_minutes * 60
        text = _BEYOND_DELAY.format(minutes=delay_minutes, seconds=beyond)
    else:
        text = _SECONDS.format(seconds=seconds)
    return _LAG.format(lag=text)


def korean_clock(moment: datetime | None, *, dated: bool = False) -> str:
    """The Korean clock, ``dated`` with its date."""
    return _KOREAN_CLOCK.format(clock=_clock(moment, dated=dated))


def exchange_clock(moment: datetime | None, *, dated: bool) -> str:
    """The exchange's clock; with its date, where there is room for it, stands whose it is."""
    if dated or moment is None:
        return _EXCHANGE_CLOCK.format(clock=_clock(moment, dated=dated))
    return _clock(moment, dated=False)


def total(size: int | None, change: int | None) -> str:
    """The total of a side, and its change."""
    shown, changed = count_text(size) or NOTHING, signed_text(change) or "0"
    return _TOTAL.format(total=shown, change=changed)


def _clock(moment: datetime | None, *, dated: bool) -> str:
    if moment is None:
        return NOTHING
    return (_DATED if dated else _TIME).format(moment)
