"""The options of the commands that look symbols up, beside those in ``options``."""

from typing import Annotated

import typer


def market_code(text: str) -> str:
    """A market code in capital letters."""
    from kisq.spec.markets import MARKETS  # where it is needed: it costs time zones

    code = text.strip().upper()
    if code not in MARKETS:
        raise typer.BadParameter(f"{text!r} is no market: write one of {', '.join(MARKETS)}")
    return code


Words = Annotated[
    list[str],
    typer.Argument(metavar="WORD...", help="A symbol, a tr_key, an ISIN, or a name: 애플, apple."),
]
MarketCode = Annotated[
    str | None,
    typer.Option("--market", parser=market_code, metavar="CODE", help="Only of it: NAS, HKS, KRX."),
]
Most = Annotated[int, typer.Option("--count", "-n", min=1, help="Show N listings at most.")]
Offline = Annotated[
    bool, typer.Option("--offline", help="Download nothing: use the symbol files that are kept.")
]
Force = Annotated[
    bool, typer.Option("--force", help="Send a key that KIS lists on another market all the same.")
]
NoControl = Annotated[
    bool,
    typer.Option("--no-control", help="Register no control key where a key stays silent."),
]
