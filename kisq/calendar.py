"""The holidays and half days of the exchanges, from the package `holidays`."""

import warnings
from collections.abc import Callable, Container
from datetime import date, time
from functools import cache

from kisq.protocol.sessions import SATURDAY, Calendar
from kisq.spec.markets import PLACES, HolidaySource, Market

_HALF_DAY, _PUBLIC = "half_day", "public"


class ExchangeCalendar:
    """One exchange's calendar of the package, as the session clock wants it.

    Once the package fails, every weekday is a trading day, and ``fault`` says why.
    """

    def __init__(self, source: HolidaySource, place: str) -> None:
        self._place, self._half_day_close = place, source.half_day
        self.announced_until = source.announced_until
        self.of_country = bool(source.country)
        self.fault = ""
        self._closed: Container[date] = ()
        self._half: Container[date] = ()
        self._guarded(lambda: self._load(source))

    def is_trading_day(self, day: date) -> bool:
        """Whether the exchange trades on ``day`` (its own date), by rule beyond what is known."""
        return day.weekday() < SATURDAY and not self._guarded(lambda: day in self._closed)

    def early_close(self, day: date) -> time | None:
        """When the exchange closes on ``day`` (its own time), if that is a half day."""
        return self._half_day_close if self._guarded(lambda: day in self._half) else None

    def _load(self, source: HolidaySource) -> bool:
        import holidays

        if source.country:
            self._closed = holidays.country_holidays(source.country)
            return True
        self._closed = holidays.financial_holidays(source.market, categories=(_PUBLIC,))
        if _HALF_DAY in self._closed.supported_categories:
            self._half = holidays.financial_holidays(source.market, categories=(_HALF_DAY,))
        return True

    def _guarded(self, ask: Callable[[], bool]) -> bool:
        """What ``ask`` says; False where the package fails, whatever it fails with."""
        if self.fault:
            return False
        with warnings.catch_warnings():  # what the package's own parts warn it of is not our user's
            warnings.simplefilter("ignore")
            try:
                return ask()
            except Exception as error:  # noqa: BLE001 - it is another's code, and not vital
                self.fault = (
                    f"The holidays of {self._place} are not known to kisq: the package `holidays` "
                    f"does not work ({type(error).__name__}: {error}); install it again with pip."
                )
                return False


@cache
def _calendar(source: HolidaySource, place: str) -> ExchangeCalendar:
    return ExchangeCalendar(source, place)


def calendar_of(market: Market) -> Calendar:
    """The holidays of ``market``. The first call costs the import of the package."""
    return _calendar(market.holidays, PLACES[market.zone])
