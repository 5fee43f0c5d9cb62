"""``kisq symbols``: which of KIS's symbol files are kept, and where; ``sync`` fetches them all."""

from contextlib import nullcontext
from typing import TYPE_CHECKING

import typer

from kisq.cli import options
from kisq.cli.context import notices_of
from kisq.cli.help import HelpedCommand, HelpedGroup
from kisq.errors import ExitCode, OutputFailed
from kisq.locale.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kisq.symbols.store import FileState

symbols = typer.Typer(name="symbols", cls=HelpedGroup, add_completion=False)

_SYNCED = Sentence("{number} of {files} symbol files were fetched: {rows} listings in {path}")
_HEADINGS = (Sentence("file"), Sentence("fetched"), Sentence("listings"), "KiB")
_NAME_WIDTH = 16  # cells, as the other widths
_TIME_WIDTH = 20
_NUMBER_WIDTH = 8
_TIME = Sentence("{time} KST")
_NOT_KEPT = Sentence("not kept")
_PLACE = Sentence("kept in {path}")
_NONE = Sentence("no symbol files are kept yet; `kisq symbols sync` puts them into {path}")


@symbols.callback(invoke_without_command=True)
def state(ctx: typer.Context, json: options.Json = False) -> None:
    """Show which of KIS's symbol files are stored, and how old they are."""
    if ctx.invoked_subcommand is not None:
        return
    from kisq.cli.symbol_store import kept_store
    from kisq.output.stream import stdout_lines
    from kisq.symbols.place import store_path
    from kisq.wire.escape import printable

    store = kept_store(notices_of(ctx, verbose=False))
    path = str(store_path())
    out = stdout_lines()
    kept: dict[str, FileState] = {}
    with store or nullcontext():
        if store:
            kept = store.files()
    if json:
        from kisq.output.json_text import as_json

        out.write(as_json(_members(path, kept)).encode())
    else:
        for line in _lines(path, kept):
            out.write(printable(line).encode(out.encoding, "backslashreplace"))
    out.flush()


def _members(path: str, kept: "dict[str, FileState]") -> dict[str, object]:
    from kisq.spec.symbol_files import FILES

    return {"path": path, "files": [_file(name, kept.get(name)) for name in FILES]}


def _file(name: str, state: "FileState | None") -> dict[str, object]:
    from kisq.wire.frames import received_at

    if state is None:
        return {"name": name, "fetched_at": None, "listings": 0, "unfit": 0, "size": 0}
    return {
        "name": name,
        "fetched_at": received_at(state.fetched_at),
        "listings": state.rows,
        "unfit": state.unfit,
        "size": state.size,
    }


def _lines(path: str, kept: "dict[str, FileState]") -> "Iterable[str]":
    """What is kept, a line for each file."""
    from kisq.locale.sentence import translated
    from kisq.spec.symbol_files import FILES

    if not kept:
        yield translated(_NONE.format(path=path))
        return
    yield _line(*_HEADINGS)
    for name in FILES:
        if name in kept:
            yield _kept_line(name, kept[name])
        else:
            yield _line(name, _NOT_KEPT)
    yield translated(_PLACE.format(path=path))


def _kept_line(name: str, state: "FileState") -> str:
    from kisq.wire.frames import received_at

    minute = received_at(state.fetched_at)[:16].replace("T", " ")
    kibibytes = state.size / 1024
    return _line(name, _TIME.format(time=minute), f"{state.rows:,}", f"{kibibytes:,.1f}")


def _line(name: str, fetched: str, rows: str = "", kibibytes: str = "") -> str:
    from kisq.cli.columns import left, right, row
    from kisq.locale.sentence import translated

    return row(
        (
            left(translated(name), _NAME_WIDTH),
            left(translated(fetched), _TIME_WIDTH),
            right(translated(rows), _NUMBER_WIDTH),
            right(kibibytes, _NUMBER_WIDTH),
        )
    )


@symbols.command(cls=HelpedCommand)
def sync(
    ctx: typer.Context,
    env_file: options.EnvFile = None,
    verbose: options.Verbose = False,
) -> int:
    """Download all symbol files now, whatever their age."""
    from kisq.cli.context import warn
    from kisq.cli.symbol_store import server_of, update
    from kisq.settings import load
    from kisq.spec.symbol_files import FILES
    from kisq.symbols.place import store_path
    from kisq.symbols.store import Store, StoreFault

    notices = notices_of(ctx, verbose=verbose)
    settings = load(
        None, env_file, warn=lambda fault: warn(notices, fault), credentials_matter=False
    )
    server = server_of(settings)
    try:
        with Store(store_path()) as store:
            progress = update(store, server, list(FILES.values()), notices)
            rows = sum(state.rows for state in store.files().values())
    except StoreFault as fault:
        raise OutputFailed(fault.sentence, fault.next_step) from None
    number = len(progress.replaced)
    notices.say(_SYNCED.format(number=number, files=len(FILES), rows=rows, path=store_path()))
    if progress.failures:
        return ExitCode.CONNECTION
    return ExitCode.DONE
