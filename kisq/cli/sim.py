"""``kisq sim``: the simulator as a server of its own."""

import typer

from kisq.cli import options, server_options
from kisq.cli.context import notices_of
from kisq.locale.sentence import Sentence

_SERVING = Sentence(
    "simulating KIS until Ctrl-C: give the client these two URLs, and any text as KIS_APP_KEY and "
    "KIS_APP_SECRET, the same pair each time; KIS's symbol files are at KIS_MASTER_URL={master_url}"
)
_URLS = "KIS_REST_URL={rest_url}\nKIS_WS_URL={ws_url}"
_LONG_SECONDS = 3600.0  # only a signal ends it


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
    from kisq.cli.playing import PlayedRecording
    from kisq.cli.simulating import SimulatorOptions, simulator_options, start_simulator
    from kisq.output.stream import stdout_lines
    from kisq.signals import SIGNALS

    notices = notices_of(ctx, verbose=verbose)
    simulator = simulator_options(
        SimulatorOptions(rate, seed, pingpong, as_of, fault),
        port=port,
        symbols=symbols,
        any_symbol=any_symbol,
    )
    played: PlayedRecording | None = None
    if play:
        played = PlayedRecording(play, notices, timed=rate is None)
    with start_simulator(simulator, notices, played, reports=True) as server:
        out = stdout_lines()
        out.write(_URLS.format(rest_url=server.rest_url, ws_url=server.ws_url).encode())
        out.flush()
        notices.say(_SERVING.format(master_url=server.master_url))
        while True:
            SIGNALS.sleep(_LONG_SECONDS)
