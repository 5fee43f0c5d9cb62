"""``kisq symbols``: which of KIS's symbol files are kept, and where; ``sync`` fetches them all."""

from contextlib import nullcontext
from typing import TYPE_CHECKING

import typer

from kisq.cli import options
from kisq.cli.context import notices_of
from kisq.cli.help import HelpedCommand, HelpedGroup
from kisq.errors import ExitCode, OutputFailed

if TYPE_CHECKING:
    from kisq.symbols.store import FileState

symbols = typer.Typer(name="symbols", cls=HelpedGroup)

_SYNCED = "{number} of {files} symbol files were fetched: {rows} listings in {path}"
_COLUMNS = ("file", "fetched", "listings", "KiB")
_WIDTHS = (16, 20, 8, 8)
_NOT_KEPT = "not kept"
_PLACE = "kept in {path}"
_NONE = "no symbol files are kept yet; `kisq symbols sync` puts them into {path}"


@symbols.callback(invoke_without_command=True)
def state(ctx: typer.Context, json: options.Json = False) -> None:
    """Show which of KIS's symbol files are stored, and how old they are."""
    if ctx.invoked_subcommand is not None:
        return
    from kisq.cli.symbol_store import kept_store
    from kisq.output.stream import stdout_lines
    from kisq.symbols.place import store_path

    notices = notices_of(ctx, verbose=False)
    store, path, out = kept_store(notices), store_path(), stdout_lines()
    with store or nullcontext():
        kept = store.files() if store else {}
    if json:
        from kisq.output.json_object import as_json

        out.write(as_json(_members(str(path), kept)).encode())
    elif not kept:
        out.write(_encoded(_NONE.format(path=path), out.encoding))
    else:
        for line in [*_lines(kept), _PLACE.format(path=path)]:
            out.write(_encoded(line, out.encoding))
    out.flush()


def _encoded(line: str, encoding: str) -> bytes:
    from kisq.wire.escape import printable

    return printable(line).encode(encoding, "backslashreplace")


def _members(path: str, kept: "dict[str, FileState]") -> dict[str, object]:
    from kisq.spec.symbol_files import FILES
    from kisq.wire.frames import received_at

    members = []
    for name in FILES:
        state = kept.get(name)
        members.append(
            {
                "name": name,
                "fetched_at": received_at(state.fetched_at) if state else None,
                "listings": state.rows if state else 0,
                "unfit": state.unfit if state else 0,
                "size": state.size if state else 0,
            }
        )
    return {"path": path, "files": members}


def _lines(kept: "dict[str, FileState]") -> list[str]:
    from kisq.spec.symbol_files import FILES
    from kisq.wire.frames import received_at

    rows: list[tuple[str, ...]] = [_COLUMNS]
    for name in FILES:
        if one := kept.get(name):
            at = received_at(one.fetched_at)[:16].replace("T", " ")
            rows.append((name, f"{at} KST", f"{one.rows:,}", f"{one.size / 1024:,.1f}"))
        else:
            rows.append((name, _NOT_KEPT, "", ""))
    return [_line(row) for row in rows]


def _line(row: tuple[str, ...]) -> str:
    name, at, *numbers = (
        cell.ljust(width) if n < 2 else cell.rjust(width)
        for n, (cell, width) in enumerate(zip(row, _WIDTHS, strict=True))
    )
    return "  ".join((name, at, *numbers)).rstrip()


@symbols.command(cls=HelpedCommand)
def sync(
    ctx: typer.Context,
    env_file: options.EnvFile = None,
    verbose: options.Verbose = False,
) -> int:
    """Download all symbol files now, whatever their age."""
    from kisq.cli.symbol_store import server_of, update
    from kisq.settings import load
    from kisq.spec.symbol_files import FILES
    from kisq.symbols.place import store_path
    from kisq.symbols.store import Store, StoreFault

    notices = notices_of(ctx, verbose=verbose)
    settings = load(None, env_file, warn=lambda fault: notices.say(f"warning: {fault}"))
    server = server_of(settings)
    try:
        with Store(store_path()) as store:
            progress = update(store, server, list(FILES.values()), notices)
            rows = sum(one.rows for one in store.files().values())
    except StoreFault as fault:
        raise OutputFailed(fault.sentence, fault.next_step) from None
    number = len(progress.replaced)
    sentence = _SYNCED.format(number=number, files=len(FILES), rows=rows, path=store_path())
    notices.say(sentence)
    return ExitCode.CONNECTION if progress.failures else ExitCode.DONE
