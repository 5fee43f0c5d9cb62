"""``kisq sim``: the simulator as a server of its own."""

import typer

from kisq.cli import options, server_options
from kisq.cli.context import notices_of

_SERVING = (
    "simulating KIS until Ctrl-C; let the client have these two, and as KIS_APP_KEY and "
    "KIS_APP_SECRET any text, the same pair each time; KIS's symbol files are at "
    "KIS_MASTER_URL={master_url}"
)
_LONG = 3600.0  # seconds; it is waited for a signal


def sim(
    ctx: typer.Context,
    port: server_options.Port = 0,
    play: server_options.Play = None,
    rate: options.Rate = None,
    seed: options.Seed = None,
    pingpong: options.PingPong = None,
    as_of: options.AsOf = None,
    fault: options.Fault = None,
    symbols: server_options.SymbolsFile = None,
    any_symbol: server_options.AnySymbol = False,
    verbose: options.Verbose = False,
) -> None:
    """Run a simulated KIS on this machine, for any KIS client, until Ctrl-C."""
    from kisq.cli.recordings import played
    from kisq.cli.sources import simulator_options, start_simulator
    from kisq.output.stream import stdout_lines
    from kisq.signals import SIGNALS

    notices = notices_of(ctx, verbose=verbose)
    chosen = simulator_options(
        rate, seed, pingpong, fault, as_of, port=port, symbols=symbols, any_symbol=any_symbol
    )
    messages = played(play, notices, timed=rate is None) if play else None
    with start_simulator(chosen, notices, messages, reports=True) as server:
        out = stdout_lines()
        out.write(f"KIS_REST_URL={server.rest_url}\nKIS_WS_URL={server.ws_url}".encode())
        out.flush()
        notices.say(_SERVING.format(master_url=server.master_url))
        while True:
            SIGNALS.sleep(_LONG)
