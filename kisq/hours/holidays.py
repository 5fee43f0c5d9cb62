"""The holidays and half days of the exchanges, from the package `holidays`."""

import sys
import warnings
from collections.abc import Callable, Container
from datetime import date, time
from functools import cache
from importlib.util import find_spec, module_from_spec
from types import ModuleType

from kisq.hours.sessions import SATURDAY, Calendar
from kisq.locale.sentence import Sentence
from kisq.spec.markets import PLACES, HolidaySource, Market

_HALF_DAY = "half_day"
_PUBLIC = "public"
_FOLDERS = ("holidays.countries", "holidays.financial")
_BROKEN_PACKAGE = Sentence(
    "kisq does not know the holidays of {place}: the package `holidays` does not work ({kind}: "
    "{error}); install it again with pip."
)


class ExchangeCalendar:
    """One exchange's calendar from the package, for the session clock.

    Once the package fails, every weekday is a trading day, and ``fault`` says why.
    """

    def __init__(self, source: HolidaySource, place: Sentence) -> None:
        self._place = place
        self._half_day_close = source.half_day
        self.announced_until = source.announced_until
        self.of_country = bool(source.country)
        self.fault: Sentence | None = None
        self._closed: Container[date] = ()
        self._half: Container[date] = ()
        self._guarded(lambda: self._load(source))

    def is_trading_day(self, day: date) -> bool:
        """Whether the exchange trades on ``day`` (its own date); by rule if not announced yet."""
        return day.weekday() < SATURDAY and not self._guarded(lambda: day in self._closed)

    def early_close(self, day: date) -> time | None:
        """When the exchange closes on ``day`` (its own time), if that is a half day."""
        if self._guarded(lambda: day in self._half):
            return self._half_day_close
        return None

    def _load(self, source: HolidaySource) -> bool:
        try:
            self._take(source, _bare_package())
        except ImportError:  # a version of the package that needs all its modules
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
        """The answer of ``ask``; False if the package fails, in whatever way."""
        if self.fault:
            return False
        with warnings.catch_warnings():  # those between the package's parts are not for our users
            warnings.simplefilter("ignore")
            try:
                return ask()
            except Exception as error:  # noqa: BLE001 - foreign code that is not vital
                kind = type(error).__name__
                self.fault = _BROKEN_PACKAGE.format(place=self._place, kind=kind, error=error)
                return False


def _bare_package() -> ModuleType:
    """The package, which then imports one market's module instead of those of all countries.

    Its two folders of modules import all their modules when they are imported, which takes 0.15 s.
    Here they become packages that have a place but have not run.
    """
    import holidays

    for name in _FOLDERS:
        if name in sys.modules:
            continue
        spec = find_spec(name)
        if spec:
            sys.modules[name] = module_from_spec(spec)
    return holidays


def _whole_package() -> ModuleType:
    for name in _FOLDERS:
        sys.modules.pop(name, None)
    import holidays

    return holidays


@cache
def _calendar(source: HolidaySource, place: Sentence) -> ExchangeCalendar:
    return ExchangeCalendar(source, place)


def calendar_of(market: Market) -> Calendar | None:
    """The holidays of ``market``; None if no source has them.

    The first call imports the package.
    """
    if market.holidays is None:
        return None
    return _calendar(market.holidays, PLACES[market.zone])
