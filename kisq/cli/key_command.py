"""What ``watch``, ``raw`` and ``check`` do alike: from their options to keys and a source."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from kisq.cli.key_names import check_listed, named
from kisq.cli.keys import key_texts, keys_as_given, keys_to_watch
from kisq.cli.recordings import (
    Recording,
    check_live_options,
    check_recording_options,
    recording,
    tr_ids_of,
)
from kisq.cli.simulating import SimulatorOptions, simulator_if
from kisq.cli.sources import WriteOptions, settings_of, target_of
from kisq.output.notices import Notices
from kisq.settings import Settings
from kisq.wire.messages import Key

if TYPE_CHECKING:
    from kisq.simulator.shared_state import Options


class KeyOptions(NamedTuple):
    """The options that the commands with keys share, as they were given."""

    keys: list[str] | None
    keys_file: str | None
    tr_id: str | None
    venue: str | None
    json: bool
    write: WriteOptions
    read: str | None
    env: str | None
    env_file: Path | None
    sim: bool
    simulator: SimulatorOptions
    speed: float | None = None


class KeyCommand:
    """A command with keys, checked before anything connects.

    ``target`` is where the recording of ``-w`` goes. Raises WrongUsage for options that do not go
    with each other, and without any key where one is needed.
    """

    def __init__(self, ctx: typer.Context, options: KeyOptions, notices: Notices) -> None:
        self._options = options
        self._notices = notices
        files = {
            "-r": options.read,
            "--keys": options.keys_file,
            "--env-file": options.env_file,
        }
        self.target = target_of(options.write, files, json=options.json)
        self._texts = key_texts(options.keys, options.keys_file, optional=self._replays)
        self._simulator: Options | None = None
        if self._replays:
            check_live_options(ctx)
        else:
            check_recording_options(options.speed)
            self._simulator = simulator_if(options.sim, options.simulator)

    @property
    def _replays(self) -> bool:
        return self._options.read is not None

    def keys_to_watch(self, *, trades: bool = False, force: bool) -> list[Key]:
        """The keys, with names taken for keys; with ``trades`` those of their trades too.

        Raises WrongUsage for anything that cannot work, and without ``force`` for a symbol that KIS
        lists on another market.
        """
        options = self._options
        if self._replays:
            return keys_to_watch(self._texts, options.tr_id, options.venue, trades=trades)
        self._texts = named(self._texts, options.tr_id, options.venue, self._notices)
        keys = keys_to_watch(self._texts, options.tr_id, options.venue, trades=trades)
        check_listed(keys, self._texts, self._notices, force=force)
        return keys

    def keys_as_given(self) -> list[Key]:
        """The keys as they are; none for a recording. Raises WrongUsage where one has no TR."""
        if self._replays:
            return []
        options = self._options
        return keys_as_given(self._texts, options.tr_id, self._notices, options.venue)

    def source(self) -> AbstractContextManager[Settings | Recording]:
        """The settings of a live run, or the recording, of which the keys are replayed."""
        if self._options.read is None:
            return self.settings()
        keys = list(self._texts)
        return nullcontext(recording(self._options.read, self._options.speed, keys, self._tr_ids))

    def settings(self) -> AbstractContextManager[Settings]:
        """The settings of a live run."""
        options = self._options
        return settings_of(options.env, options.env_file, self._simulator, self._notices)

    def whole_recording(self) -> Recording | None:
        """The recording, for a command that looks for its keys in it itself; None without one."""
        if self._options.read is None:
            return None
        tr_ids = self._tr_ids
        if self._texts:
            tr_ids = []
        return recording(self._options.read, self._options.speed, [], tr_ids)

    @property
    def _tr_ids(self) -> list[str]:
        return tr_ids_of(self._options.tr_id, self._options.venue)
