"""``kisq approve``: issue an approval key."""

from typing import TYPE_CHECKING

import typer

from kisq.cli import options
from kisq.cli.context import notices_of

if TYPE_CHECKING:
    from kisq.feed.approval import Approval
    from kisq.output.notices import Notices
    from kisq.settings import Settings


def approve(
    ctx: typer.Context,
    show: options.Show = False,
    json: options.Json = False,
    env: options.Env = None,
    env_file: options.EnvFile = None,
    no_color: options.NoColor = False,  # noqa: ARG001 - it has no colours
    verbose: options.Verbose = False,
    sim: options.Sim = False,
    fault: options.Fault = None,
) -> None:
    """Issue an approval key, which a WebSocket session needs."""
    from kisq.cli.sources import approver_of, settings_of, simulator_if
    from kisq.output.stream import stdout_lines

    notices = notices_of(ctx, verbose=verbose)
    with settings_of(env, env_file, simulator_if(sim, faults=fault), notices) as settings:
        approver = approver_of(settings, notices)
        notices.detail(f"POST {settings.rest_url}")
        approval = approver.renew()
        out = stdout_lines()
        if json:
            text = _as_json(approval, settings, show=show)
        elif show:
            text = approval.key
        else:
            text = _as_table(approval, settings, notices)
        out.write(text.encode("utf-8" if json else out.encoding, "backslashreplace"))
        out.flush()


def _as_json(approval: "Approval", settings: "Settings", *, show: bool) -> str:
    """One object; the key itself is null, unless ``show``."""
    from kisq.output.json_object import as_json
    from kisq.wire.escape import mask
    from kisq.wire.frames import received_at

    return as_json(
        {
            "approval_key": approval.key if show else None,
            "masked": mask(approval.key),
            "environment": settings.environment,
            "issued_at": received_at(approval.issued_at),
            "expires_at": received_at(approval.expires_at),
        }
    )


def _as_table(approval: "Approval", settings: "Settings", notices: "Notices") -> str:
    from kisq.wire.escape import mask
    from kisq.wire.frames import received_at

    issued, expires = received_at(approval.issued_at), received_at(approval.expires_at)
    return (
        f"environment   {settings.environment}\n"
        f"host          {notices.redact(settings.rest_url)}\n"
        f"approval key  {mask(approval.key)} (masked; --show shows it)\n"
        f"issued at     {issued[:19]} KST\n"
        f"valid until   {expires[:19]} KST, for new sessions"
    )
