"""The options of the commands that look symbols up, beside those in ``options``."""

from typing import Annotated

import typer

from kisq.cli.option_texts import whole_number
from kisq.locale.sentence import Sentence

_NOT_A_MARKET = Sentence("{text} is not a market: use one of {markets}")


def market_code(text: str) -> str:
    """A market code in capital letters."""
    from kisq.spec.markets import MARKETS  # costs time zones, which most commands do not need

    code = text.strip().upper()
    if code not in MARKETS:
        raise typer.BadParameter(_NOT_A_MARKET.format(text=repr(text), markets=", ".join(MARKETS)))
    return code


Words = Annotated[
    list[str],
    typer.Argument(metavar="WORD...", help="A symbol, tr_key, ISIN or name, such as 애플 or apple"),
]
MarketCode = Annotated[
    str | None,
    typer.Option(
        "--market",
        parser=market_code,
        metavar="CODE",
        help="Search one market, such as NAS, HKS or KRX (default: all)",
    ),
]
Most = Annotated[
    int,
    typer.Option(
        "--count", "-n", parser=whole_number(1), metavar="N", help="Show at most N listings"
    ),
]
Offline = Annotated[
    bool, typer.Option("--offline", help="Download nothing, use the symbol files already stored")
]
Force = Annotated[
    bool, typer.Option("--force", help="Send a key even if KIS lists its symbol on another market")
]
NoControl = Annotated[
    bool,
    typer.Option("--no-control", help="Do not register a control key beside a silent one"),
]
