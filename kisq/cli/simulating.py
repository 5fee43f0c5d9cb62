"""The simulator of ``--sim`` and of ``kisq sim``: its options, and itself."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kisq.errors import WrongUsage
from kisq.locale.sentence import Plural, Sentence, with_fields
from kisq.output.notices import Notices
from kisq.packages import importing
from kisq.wire.escape import MASK, without_secrets

if TYPE_CHECKING:
    from kisq.simulator.server import Simulator
    from kisq.simulator.shared_state import Options, Played

# As long as app keys and approval keys are, or longer, in the characters of these and of secrets.
_LIKE_A_SECRET = re.compile(r"[A-Za-z0-9+/=_-]{36,}")
_MISSING = (
    Sentence("the simulator needs {name}"),
    Sentence("install kisq with its extra: pip install '.[sim]' in its folder"),
)
_BROKEN = (
    Sentence("a package that the simulator needs cannot be imported ({kind}: {error})"),
    Sentence("install it again: pip install --force-reinstall aiohttp"),
)
_WITHOUT_SIM = Sentence("{option} is an option of the simulator: add --sim")
_STEP = Sentence("simulator: {message}")
_PLAYED = Plural(
    "{tr_key}: the only message has been played; only PINGPONG from here on",
    "{tr_key}: all {number} messages have been played; only PINGPONG from here on",
)
_NONE_PLAYED = Sentence("simulator: the recording holds no message for {tr_key}")


class SimulatorOptions(NamedTuple):
    """The options of the simulator as they were given; None where one was not."""

    rate: float | None = None
    seed: int | None = None
    pingpong: float | None = None
    as_of: date | None = None
    faults: list[str] | None = None

    def as_options(self) -> dict[str, object]:
        """Each by its name on the command line."""
        return {
            "--rate": self.rate,
            "--seed": self.seed,
            "--pingpong": self.pingpong,
            "--as-of": self.as_of,
            "--fault": self.faults or None,
        }


def simulator_if(sim: bool, options: SimulatorOptions) -> "Options | None":
    """What the simulator of --sim is to do, None without --sim.

    Raises WrongUsage for its options without --sim, and what ``simulator_options`` does.
    """
    if sim:
        return simulator_options(options)
    for option, value in options.as_options().items():
        if value is not None:
            raise WrongUsage(_WITHOUT_SIM.format(option=option))
    return None


def simulator_options(
    options: SimulatorOptions,
    *,
    port: int = 0,
    symbols: Path | None = None,
    any_symbol: bool = False,
) -> "Options":
    """What a simulator is to do.

    Raises WrongUsage where the extra is not installed, and for a file that does not hold symbols.
    """
    with importing(_MISSING, _BROKEN):
        from kisq.simulator.faults import parse_faults
        from kisq.simulator.shared_state import Options
        from kisq.simulator.symbols import Symbols, well_known
    if any_symbol:
        traded = Symbols(any_symbol=True)
    else:
        traded = well_known()
    if symbols:
        traded = traded.and_those_of(symbols)
    values = {
        "rate": options.rate,
        "seed": options.seed,
        "pingpong": options.pingpong,
        "as_of": options.as_of,
    }
    chosen: dict[str, Any] = {name: value for name, value in values.items() if value is not None}
    return Options(port=port, faults=parse_faults(options.faults or []), symbols=traded, **chosen)


def start_simulator(
    options: "Options", notices: Notices, played: "Played | None" = None, *, reports: bool = False
) -> "Simulator":
    """A simulator to enter; ``notices`` take each of its steps if they are verbose.

    If it ``reports``, they take what whoever tries a client should know in any case.
    """
    with importing(_MISSING, _BROKEN):
        from kisq.simulator.server import Simulator
        from kisq.simulator.shared_state import ignore

    def say(sentence: Sentence) -> None:
        notices.remark(_STEP.format(message=with_fields(sentence, _masked)))

    def say_played(tr_key: str, number: int) -> None:
        if number:
            notices.say(_PLAYED.of(number, tr_key=tr_key))
        else:
            notices.detail(_NONE_PLAYED.format(tr_key=tr_key))

    log: Callable[[Sentence], None] = ignore
    report: Callable[[Sentence], None] = ignore
    if notices.verbose:
        log = say
    if notices.verbose or reports:
        report = say
    return Simulator(options, log, played=played, over=say_played, report=report)


def _masked(text: str) -> str:
    """What a client sent or was sent, without secrets, also where it is not JSON."""
    return _LIKE_A_SECRET.sub(MASK, without_secrets(text.encode("utf-8", "replace")).decode())
