"""Where a record of a layout has its clocks, and how to read them (protocol.md section 3)."""

from collections.abc import Callable, Mapping
from operator import itemgetter

from kisq.wire.moments import nearest_date

Clock = tuple[str, str, str, str]  # exchange date and time, Korean date and time
ClockReader = Callable[[list[str], float], Clock]  # of values that came at epoch seconds
Head = tuple[str, str, str, str, str, str]  # key and symbol, and the clock
HeadReader = Callable[[list[str]], Head]
_CLOCK = ("exchange_date", "exchange_time", "korean_date", "korean_time")
_HEAD = ("tr_key", "symbol", *_CLOCK)
_NO_CLOCK: Clock = ("", "", "", "")


def clock_reader(places: Mapping[str, int]) -> ClockReader:
    """What reads the clocks of a record whose fields are at these ``places``, by role."""
    if "korean_date" in places:
        dated: Callable[[list[str]], Clock] = itemgetter(*(places[role] for role in _CLOCK))
        return lambda values, _: dated(values)
    if "korean_time" not in places:
        return lambda *_: _NO_CLOCK
    place = places["korean_time"]

    def undated(values: list[str], at: float) -> Clock:
        time = values[place]
        date = nearest_date(time, at)
        return date, time, date, time

    return undated


def head_reader(places: Mapping[str, int]) -> HeadReader | None:
    """What picks key, symbol and clocks from the values; None if the clocks have no dates."""
    if "korean_date" not in places:
        return None
    return itemgetter(*(places[role] for role in _HEAD))
