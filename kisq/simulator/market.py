"""Order books that look alive: seeded, on the market's tick, with true changes and totals."""

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kisq.simulator.faults import NO_FAULTS, Faults
from kisq.spec.fields import Kind, Tr, Width
from kisq.wire.clocks import KST
from kisq.wire.trkey import TrKey

Grid = tuple[int, tuple[float, float], tuple[tuple[float, float], ...]]
_FLAT_DOLLAR = ((float("inf"), 0.01),)
_DONG = ((10_000, 10), (50_000, 50), (float("inf"), 100))
_YUAN = ((float("inf"), 0.01),)
# (decimals, first price between, tick below each price). Four decimals in the US are captured;
# the other decimals are unknown, so plausible ones stand here.
_US: Grid = (4, (20, 500), _FLAT_DOLLAR)
_WON = (
    (2_000, 1), (5_000, 5), (20_000, 10), (50_000, 50), (200_000, 100), (500_000, 500),
    (float("inf"), 1_000),
)  # fmt: skip
_KOREA: Grid = (0, (4_000, 300_000), _WON)
_PRICES: dict[str, Grid] = {
    "TSE": (1, (800, 9000), ((3000, 1), (5000, 5), (float("inf"), 10))),
    "HKS": (3, (5, 400), ((10, 0.01), (20, 0.02), (100, 0.05), (200, 0.1), (float("inf"), 0.2))),
    "SHS": (3, (5, 200), _YUAN),
    "SZS": (3, (5, 200), _YUAN),
    "HSX": (0, (9_000, 120_000), _DONG),
    "HNX": (0, (9_000, 120_000), ((float("inf"), 100),)),
    "KRX": _KOREA,
    "NXT": _KOREA,
    "UNIFIED": _KOREA,
    "FUTURES": (2, (50, 7000), ((float("inf"), 0.25),)),
}
_LOT = 5  # shares
# The codes of the direction of a change.
_UP = "2"
_SAME = "3"
_DOWN = "5"
# The value of a field about which the simulator knows nothing, not even an example.
UNSET = {
    Kind.TEXT: "0",
    Kind.INTEGER: "0",
    Kind.DECIMAL: "0",
    Kind.DATE: "20260101",
    Kind.TIME: "090000",
}
_MOVES = (-1, 0, 0, 0, 0, 1)
_REDRAWN = 0.25  # the share of the levels whose size changes from one quote to the next


class BookMaker:
    """Makes one order book after another for one key; the same seed gives the same books.

    ``last`` is the newest one, ``best`` its best price and size by side, ``made`` how many there
    were. Prices are whole numbers of units: ``unit`` of them are 1, ``home`` is the first price.
    ``volume`` is what was traded so far, in shares.
    """

    def __init__(self, tr: Tr, key: TrKey, seed: int, width: Width | None = None) -> None:
        self._tr = tr
        self._key = key
        self._width = width or tr.newest
        self._random = random.Random(f"{seed} {tr.id} {key.text}")  # noqa: S311 - a game
        decimals, between, ticks = _grid(tr, key)
        self._decimals = decimals
        self.unit = 10**decimals
        self._ticks: list[tuple[float, int]] = [
            (below * self.unit, round(tick * self.unit)) for below, tick in ticks
        ]
        first = self._random.uniform(*between)
        if key.market.venue:  # a stock has the same price wherever it is traded
            first = random.Random(f"{seed} {key.symbol}").uniform(*between)  # noqa: S311
        self._best = self._on_tick(round(first * self.unit))
        self.home = self._best
        self._sizes: dict[int, int] = {}
        self._before: dict[str, list[int]] = {}
        self._zone = ZoneInfo(key.market.zone)
        self.last: dict[str, str] = {}
        self.best: dict[str, tuple[int, int]] = {}
        self.made = 0
        self.volume = 0

    def message(self, now: datetime, faults: Faults = NO_FAULTS) -> str:
        """The next quote as a data message; ``now`` is the time of day, with its zone."""
        roles = self._width.roles
        best = (roles["bid.1"], roles["ask.1"])
        return f"0|{self._tr.id}|001|{'^'.join(faults.spoil(self.record(now), best))}"

    def record(self, now: datetime) -> dict[str, str]:
        """The next quote: the text of each field under its mnemonic, in wire order."""
        sides = self._step()
        self.best = {side: levels[0] for side, levels in sides.items()}
        by_role = self.head(now)
        for side, levels in sides.items():
            by_role |= self._side(side, levels)
        self.last = in_wire_order(self._tr, self._width, by_role, self._by_name())
        self.made += 1
        return self.last

    def _side(self, side: str, levels: list[tuple[int, int]]) -> dict[str, str]:
        """The fields of one side of the book, by role."""
        sizes = [size for _, size in levels]
        before = self._before.get(side, sizes)
        changes = [new - old for new, old in zip(sizes, before, strict=True)]
        self._before[side] = sizes
        by_role = {
            f"{side}_total": str(sum(sizes)),
            f"{side}_total_change": str(sum(changes)),
        }
        for number, (price, size) in enumerate(levels, 1):
            by_role[f"{side}.{number}"] = self.price(price)
            by_role[f"{side}_size.{number}"] = str(size)
            by_role[f"{side}_size_change.{number}"] = str(changes[number - 1])
        return by_role

    def _by_name(self) -> dict[str, str]:
        """Fields that follow from the market and have no role, by mnemonic."""
        bid, _ = self.best["bid"]
        ask, _ = self.best["ask"]
        mid = self.price((bid + ask) // 2)
        return {
            "ACML_VOL": str(self.volume),
            "MID_PRC": mid,
            "KMID_PRC": mid,
            "NMID_PRC": mid,
            "ANTC_CNTG_VRSS": f"-{self.price(self.home)}",  # there is no expected price
        }

    def head(self, now: datetime) -> dict[str, str]:
        """The first fields of each record of the key, by role, with its delay."""
        then = now - timedelta(minutes=self._key.delay_minutes)
        local = then.astimezone(self._zone)
        korean = then.astimezone(KST)
        return {
            "tr_key": self._key.text,
            "symbol": self._key.symbol,
            "decimals": str(self._decimals),
            "exchange_date": f"{local:%Y%m%d}",
            "exchange_time": f"{local:%H%M%S}",
            "korean_date": f"{korean:%Y%m%d}",
            "korean_time": f"{korean:%H%M%S}",
        }

    def price(self, units: int) -> str:
        """A price as it is on the wire."""
        if not self._decimals:
            return str(units)
        return f"{units // self.unit}.{units % self.unit:0{self._decimals}d}"

    def signed(self, change: int) -> str:
        """A change of the price as it is on the wire, with a minus if it is negative."""
        if change < 0:
            return f"-{self.price(-change)}"
        return self.price(change)

    def _step(self) -> dict[str, list[tuple[int, int]]]:
        """Move the market by at most one tick; price and size of each level, by side."""
        drift = self._random.choice(_MOVES)
        leaves_home = (self._best > self.home) == (drift > 0)
        if drift and leaves_home and self._random.random() < 0.3:
            drift = 0  # so that a long run does not end at a price of 0
        self._best = self._moved(self._best, drift)
        bids = self._ladder(self._best, -1)
        ask = self._best
        for _ in range(self._random.choice((1, 1, 1, 2, 3))):
            ask = self._moved(ask, +1)
        asks = self._ladder(ask, +1)
        self._sizes = {price: self._size(price) for price in (*bids, *asks)}
        return {
            "bid": [(price, self._sizes[price]) for price in bids],
            "ask": [(price, self._sizes[price]) for price in asks],
        }

    def _ladder(self, best: int, step: int) -> list[int]:
        """The prices of one side: ``step`` is +1 for asks and -1 for bids."""
        prices = [best]
        while len(prices) < self._width.levels:
            prices.append(self._moved(prices[-1], step))
        return prices

    def _moved(self, price: int, step: int) -> int:
        """The price one tick above (+1), below (-1) or the same (0)."""
        if step < 0:  # just below a price at which the tick changes, the smaller tick holds
            return price - self._tick(price - 1)
        return price + step * self._tick(price)

    def _size(self, price: int) -> int:
        kept = self._sizes.get(price)
        if kept is not None and self._random.random() > _REDRAWN:
            return kept
        return _LOT * min(20_000, int(self._random.paretovariate(0.9) * 3))

    def _tick(self, price: int) -> int:
        return min(tick for below, tick in self._ticks if price < below)

    def _on_tick(self, price: int) -> int:
        return price - price % self._tick(price)


def _grid(tr: Tr, key: TrKey) -> Grid:
    """The grid of the market, or for a key that is not a stock that of the table's examples."""
    if key.market.code in _PRICES and not key.is_no_stock:
        return _PRICES[key.market.code]
    examples = {role: field.example for field in tr.fields for role in field.roles}
    best = examples.get("bid.1", "")
    second = examples.get("bid.2", "")
    if not best or not second:
        return _PRICES.get(key.market.code, _US)
    decimals = len(best.partition(".")[2])
    price = float(best)
    tick = abs(price - float(second))
    return decimals, (price, price), ((float("inf"), tick),)


def sign_of(change: int) -> str:
    """KIS's code of the direction of a change."""
    if not change:
        return _SAME
    if change > 0:
        return _UP
    return _DOWN


def in_wire_order(
    tr: Tr, width: Width, by_role: dict[str, str], by_name: dict[str, str]
) -> dict[str, str]:
    """The fields of a record under their mnemonics, from values by role and by mnemonic.

    Other fields are as in the example of the table.
    """
    record = {}
    for field in width.fields:
        value = field.example if tr.examples else UNSET[field.kind]
        value = by_name.get(field.name, value)
        of_roles = (by_role[role] for role in field.roles if role in by_role)
        record[field.name] = next(of_roles, value)
    return record
