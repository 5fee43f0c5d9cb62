"""What it costs to find out whether a record is odd: ``python bench/sound.py``.

The records are a thousand different ones of the simulator for each TR, all sound, as nearly all
are. Each is looked at right after it was decoded, as in a run. The figure is the processor time of
decoding and looking, less that of decoding alone: with the time on the clock, whatever else the
machine does would count too.
"""

import time
from datetime import datetime, timedelta
from statistics import median

from measure import Failed

from kisq.simulator.market import BookMaker
from kisq.simulator.trades import TradeMaker
from kisq.spec.tables import TRS
from kisq.wire.clocks import KST
from kisq.wire.decode import decode
from kisq.wire.trkey import parse_tr_key

KEYS = ("DNASAAPL", "DHKS00003", "005930")
MOST = 6.0  # µs a record
_DIFFERENT = 1000
_START = datetime(2026, 7, 10, 23, 53, tzinfo=KST)
_APART = timedelta(milliseconds=20)


def messages(tr_key: str, *, trades: bool) -> list[str]:
    """Order books of a key, or trades of one."""
    key = parse_tr_key(tr_key)
    books = BookMaker(TRS[key.tr_id], key, seed=1)
    maker = TradeMaker(TRS[key.tr_ids[1]], books, "1") if trades else books
    return [maker.message(_START + n * _APART) for n in range(_DIFFERENT)]


def cost(texts: list[str]) -> float:
    """Microseconds of the processor to look at one record of the messages."""
    started = time.process_time()
    records = [len(decode(text, _START.timestamp())) for text in texts]
    decoded = time.process_time()
    for text in texts:
        for record in decode(text, _START.timestamp()):
            faults = record.faults()
            if faults:
                raise Failed(f"a record is odd: {faults[0].text}")
    looked = time.process_time()
    return ((looked - decoded) - (decoded - started)) / sum(records) * 1e6


def costs(rounds: int) -> dict[str, list[float]]:
    """Microseconds a record of each TR, a figure a round."""
    kinds = [(key, trades) for key in KEYS for trades in (False, True)]
    sent = {}
    for key, trades in kinds:
        texts = messages(key, trades=trades)
        sent[texts[0].split("|")[1]] = texts
    figures: dict[str, list[float]] = {tr_id: [] for tr_id in sent}
    for number in range(-1, rounds):  # the first round only warms the caches
        for tr_id, texts in sent.items():
            took = cost(texts)
            figures[tr_id] += [took] if number >= 0 else []
    return figures


def main() -> None:
    for tr_id, figures in costs(21).items():
        verdict = "ok" if median(figures) <= MOST else "TOO MUCH"
        print(f"{tr_id} {median(figures):5.2f} µs a record (fastest {min(figures):.2f}) {verdict}")


if __name__ == "__main__":
    main()
