"""The holidays and half days of the exchanges, from the package `holidays`."""

import sys
import warnings
from collections.abc import Callable, Container
from datetime import date, time
from functools import cache
from importlib.util import find_spec, module_from_spec
from types import ModuleType

from kisq.hours.sessions import SATURDAY, Calendar
from kisq.spec.markets import PLACES, HolidaySource, Market

_HALF_DAY, _PUBLIC = "half_day", "public"
_FOLDERS = ("holidays.countries", "holidays.financial")


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
        try:
            self._take(source, _bare_package())
        except ImportError:  # a version of the package that needs them all
            self._take(source, _whole_package())
        return True

    def _take(self, source: HolidaySource, package: ModuleType) -> None:
        if source.country:
            self._closed = package.country_holidays(source.country)
            return
        closed = package.financial_holidays(source.market, categories=(_PUBLIC,))
        self._closed = closed
        if _HALF_DAY in closed.supported_categories:
            self._half = package.financial_holidays(source.market, categories=(_HALF_DAY,))

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


def _bare_package() -> ModuleType:
    """The package, which brings one market's module then and not the hundreds of all countries.

    Its two folders of modules import all of theirs when they are imported: 0.15 s. Here they are
    packages that have a place and have not run.
    """
    import holidays

    for name in _FOLDERS:
        spec = find_spec(name) if name not in sys.modules else None
        if spec:
            sys.modules[name] = module_from_spec(spec)
    return holidays


def _whole_package() -> ModuleType:
    for name in _FOLDERS:
        sys.modules.pop(name, None)
    import holidays

    return holidays


@cache
def _calendar(source: HolidaySource, place: str) -> ExchangeCalendar:
    return ExchangeCalendar(source, place)


def calendar_of(market: Market) -> Calendar | None:
    """The holidays of ``market``, None where no source has them.

    The first call costs the import of the package.
    """
    if market.holidays is None:
        return None
    return _calendar(market.holidays, PLACES[market.zone])
