"""Order books that look alive: seeded, on the market's tick, with true changes and totals."""

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kisq.protocol.book import KST
from kisq.protocol.trkey import TrKey
from kisq.simulator.faults import NO_FAULTS, Faults
from kisq.spec.trs import Tr

_FLAT_DOLLAR = ((float("inf"), 0.01),)
_DONG = ((10_000, 10), (50_000, 50), (float("inf"), 100))
_YUAN = ((float("inf"), 0.01),)
# (decimals, first price between, tick below each price). Four decimals in the US are captured;
# the other decimals are unknown, so plausible ones stand here.
_US = (4, (20, 500), _FLAT_DOLLAR)
_PRICES = {
    "TSE": (1, (800, 9000), ((3000, 1), (5000, 5), (float("inf"), 10))),
    "HKS": (3, (5, 400), ((10, 0.01), (20, 0.02), (100, 0.05), (200, 0.1), (float("inf"), 0.2))),
    "SHS": (3, (5, 200), _YUAN),
    "SZS": (3, (5, 200), _YUAN),
    "HSX": (0, (9_000, 120_000), _DONG),
    "HNX": (0, (9_000, 120_000), ((float("inf"), 100),)),
}
_LOT = 5
_MOVES = (-1, 0, 0, 0, 0, 1)
_REDRAWN = 0.25  # the share of the levels whose size changes from one quote to the next


class BookMaker:
    """Makes one order book after another for one key; the same seed gives the same books."""

    def __init__(self, tr: Tr, key: TrKey, seed: int) -> None:
        self._tr, self._key = tr, key
        self._random = random.Random(f"{seed} {tr.id} {key.text}")  # noqa: S311 - a game
        decimals, between, ticks = _PRICES.get(key.market.code, _US)
        self._decimals, self._unit = decimals, 10**decimals
        self._ticks: list[tuple[float, int]] = [
            (below * self._unit, round(tick * self._unit)) for below, tick in ticks
        ]
        self._best = self._on_tick(round(self._random.uniform(*between) * self._unit))
        self._home = self._best
        self._sizes: dict[int, int] = {}
        self._last: dict[str, int] = {}
        self._zone = ZoneInfo(key.market.zone)

    def message(self, now: datetime, faults: Faults = NO_FAULTS) -> str:
        """The next quote as a data message; ``now`` is the time of day, with its zone."""
        return f"0|{self._tr.id}|001|{'^'.join(faults.spoil(self.record(now)))}"

    def record(self, now: datetime) -> dict[str, str]:
        """The next quote: the text of each field under its mnemonic, in wire order."""
        prices, sizes = self._step()
        changes = {name: size - self._last.get(name, size) for name, size in sizes.items()}
        self._last = sizes
        totals = {
            "BVOL": _sum(sizes, "VBID"),
            "AVOL": _sum(sizes, "VASK"),
            "BDVL": _sum(changes, "VBID"),
            "ADVL": _sum(changes, "VASK"),
        }
        values = self._head(now) | {name: str(total) for name, total in totals.items()}
        values |= {name: self._price(price) for name, price in prices.items()}
        values |= {name: str(size) for name, size in sizes.items()}
        values |= {f"D{name[1:]}": str(change) for name, change in changes.items()}
        return {field.name: values[field.name] for field in self._tr.fields}

    def _head(self, now: datetime) -> dict[str, str]:
        then = now - timedelta(minutes=self._tr.delay_minutes)
        local, korean = then.astimezone(self._zone), then.astimezone(KST)
        return {
            "RSYM": self._key.text,
            "SYMB": self._key.symbol,
            "ZDIV": str(self._decimals),
            "XYMD": f"{local:%Y%m%d}",
            "XHMS": f"{local:%H%M%S}",
            "KYMD": f"{korean:%Y%m%d}",
            "KHMS": f"{korean:%H%M%S}",
        }

    def _step(self) -> tuple[dict[str, int], dict[str, int]]:
        """Move the market by at most one tick; prices and sizes by their mnemonics."""
        drift = self._random.choice(_MOVES)
        if drift and (self._best > self._home) == (drift > 0) and self._random.random() < 0.3:
            drift = 0  # drawn home, so that a long run does not end at a price of 0
        self._best += drift * self._tick(self._best - (drift < 0))
        bids = self._ladder(self._best, -1)
        ask = self._best
        for _ in range(self._random.choice((1, 1, 1, 2, 3))):
            ask += self._tick(ask)
        asks = self._ladder(ask, +1)
        self._sizes = {price: self._size(price) for price in (*bids, *asks)}
        prices, sizes = {}, {}
        for side, ladder in (("BID", bids), ("ASK", asks)):
            for n, price in enumerate(ladder, 1):
                prices[f"P{side}{n}"] = price
                sizes[f"V{side}{n}"] = self._sizes[price]
        return prices, sizes

    def _ladder(self, best: int, step: int) -> list[int]:
        prices = [best]
        while len(prices) < self._tr.levels:
            prices.append(prices[-1] + step * self._tick(prices[-1] - (step < 0)))
        return prices

    def _size(self, price: int) -> int:
        kept = self._sizes.get(price)
        if kept is not None and self._random.random() > _REDRAWN:
            return kept
        return _LOT * min(20_000, int(self._random.paretovariate(0.9) * 3))

    def _tick(self, price: int) -> int:
        return min(tick for below, tick in self._ticks if price < below)

    def _on_tick(self, price: int) -> int:
        return price - price % self._tick(price)

    def _price(self, units: int) -> str:
        if not self._decimals:
            return str(units)
        return f"{units // self._unit}.{units % self._unit:0{self._decimals}d}"


def _sum(values: dict[str, int], prefix: str) -> int:
    return sum(value for name, value in values.items() if name.startswith(prefix))
