"""``kisq approve``: issue an approval key."""

from typing import TYPE_CHECKING

import typer

from kisq.cli import options
from kisq.cli.context import notices_of
from kisq.locale.sentence import Sentence, verbatim

if TYPE_CHECKING:
    from kisq.feed.approval import Approval
    from kisq.output.notices import Notices
    from kisq.settings import Settings

_REQUEST = Sentence("POST {url}")
_ENVIRONMENT = Sentence("environment")
_HOST = Sentence("host")
_APPROVAL_KEY = Sentence("approval key")
_MASKED = Sentence("{key} (masked; --show shows it)")
_ISSUED_AT = Sentence("issued at")
_VALID_UNTIL = Sentence("valid until")
_TIME = Sentence("{time} KST")
_TIME_OF_SESSIONS = Sentence("{time} KST, for new sessions")
_TO_THE_SECOND = 19  # characters of a time in ISO 8601


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
    from kisq.cli.simulating import SimulatorOptions, simulator_if
    from kisq.cli.sources import approver_of, settings_of
    from kisq.output.stream import stdout_lines

    notices = notices_of(ctx, verbose=verbose)
    simulator = simulator_if(sim, SimulatorOptions(faults=fault))
    with settings_of(env, env_file, simulator, notices) as settings:
        approver = approver_of(settings, notices)
        notices.detail(_REQUEST.format(url=settings.rest_url))
        approval = approver.renew()
        out = stdout_lines()
        encoding = out.encoding
        if json:
            text = _as_json(approval, settings, show=show)
            encoding = "utf-8"
        elif show:
            text = approval.key
        else:
            text = _as_table(approval, settings, notices)
        out.write(text.encode(encoding, "backslashreplace"))
        out.flush()


def _as_json(approval: "Approval", settings: "Settings", *, show: bool) -> str:
    """One object, in which the key itself is null unless ``show``."""
    from kisq.output.json_text import as_json
    from kisq.wire.escape import mask
    from kisq.wire.frames import received_at

    key: str | None = None
    if show:
        key = approval.key
    return as_json(
        {
            "approval_key": key,
            "masked": mask(approval.key),
            "environment": settings.environment,
            "issued_at": received_at(approval.issued_at),
            "expires_at": received_at(approval.expires_at),
        }
    )


def _as_table(approval: "Approval", settings: "Settings", notices: "Notices") -> str:
    """A label and a value per line."""
    from kisq.cli.columns import left, row, widths_of
    from kisq.locale.sentence import translated
    from kisq.wire.escape import mask
    from kisq.wire.frames import received_at

    issued_at = received_at(approval.issued_at)[:_TO_THE_SECOND]
    expires_at = received_at(approval.expires_at)[:_TO_THE_SECOND]
    sentences = [
        (_ENVIRONMENT, verbatim(settings.environment)),
        (_HOST, verbatim(notices.redact(settings.rest_url))),
        (_APPROVAL_KEY, _MASKED.format(key=mask(approval.key))),
        (_ISSUED_AT, _TIME.format(time=issued_at)),
        (_VALID_UNTIL, _TIME_OF_SESSIONS.format(time=expires_at)),
    ]
    rows = [tuple(map(translated, cells)) for cells in sentences]
    label_width, _ = widths_of(rows)
    return "\n".join(row((left(label, label_width), value)) for label, value in rows)
