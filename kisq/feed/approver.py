"""The approval key of a run: given, or issued when first needed, and replaced at most once."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from kisq.errors import ApprovalRefused, SettingsFault
from kisq.feed.approval import Approval, issue
from kisq.locale.sentence import Sentence
from kisq.signals import SIGNALS

_SECONDS_BETWEEN = 1.1  # KIS allows one issue per second
_SECONDS_REPLACED = 12 * 3600  # for which a key that replaced another is not replaced itself
_TOO_SOON = "EGW00201"  # another run of this appkey issued a key within the same second
_OF_CREDENTIALS = {"EGW00003", "EGW00102", "EGW00103", "EGW00104", "EGW00105"}
_ORIGINS = Sentence("{next_step} (KIS_APP_KEY is from {of_key}, KIS_APP_SECRET from {of_secret})")
_MISSING = Sentence(
    "{setting} is not set in the environment, and no .env was found here or in a folder above"
)
_MISSING_IN_FILE = Sentence("{setting} is not set in the environment, nor in {file}")
_MISSING_STEP = Sentence(
    "put it into the environment or into .env (see .env.example), or try --sim, which needs no "
    "account"
)


class Approver:
    """The approval key of one run: a given one, or one that is issued when first needed.

    ``learn`` is told each key, so that it can be hidden from every output. ``env_file`` is the
    file of settings that was read, if any, and ``origins`` says where each setting is from.
    """

    def __init__(
        self,
        rest_url: str,
        app_key: str | None,
        app_secret: str | None,
        key: str | None,
        learn: Callable[[str], None],
        env_file: Path | None = None,
        origins: Mapping[str, str] | None = None,
    ) -> None:
        self._origins = origins or {}
        self._rest_url = rest_url
        self._app_key = app_key
        self._app_secret = app_secret
        self._key = key
        self._learn = learn
        self._env_file = env_file
        self._next_issue = 0.0
        self._replaced_at = float("-inf")

    def key(self) -> str:
        """The key of this run.

        Raises what ``issue`` does, and SettingsFault if the credentials are missing.
        """
        return self._key or self.renew().key

    def can_replace(self, now: float) -> bool:
        """Whether the feed's refusal of the key (OPSP0011) may be answered with a new one.

        Once in 12 hours, because KIS blocks clients that loop (protocol.md sections 1 and 2), and
        only with credentials. ``now`` is in monotonic seconds.
        """
        known = bool(self._app_key and self._app_secret)
        return known and now - self._replaced_at >= _SECONDS_REPLACED

    def replace(self, now: float) -> None:
        """Issue a new key in place of one that was refused. Raises what ``issue`` does.

        An attempt that fails counts, too.
        """
        self._replaced_at = now
        self.renew()

    def renew(self) -> Approval:
        """Issue a new key, not sooner than KIS allows after the last one, of whatever run."""
        try:
            approval = self._issue()
        except ApprovalRefused as refused:
            if refused.code != _TOO_SOON:
                raise
            approval = self._issue()
        self._key = approval.key
        self._learn(approval.key)
        return approval

    def _issue(self) -> Approval:
        app_key, app_secret = self._credentials()
        SIGNALS.sleep(self._next_issue - time.monotonic())
        try:
            return issue(self._rest_url, app_key, app_secret)
        except ApprovalRefused as refused:
            raise self._with_origins(refused) from None
        finally:
            self._next_issue = time.monotonic() + _SECONDS_BETWEEN

    def _with_origins(self, refused: ApprovalRefused) -> ApprovalRefused:
        """Add where refused credentials are from: an old export beats a file."""
        if refused.code not in _OF_CREDENTIALS or not self._origins:
            return refused
        next_step = _ORIGINS.format(
            next_step=refused.next_step,
            of_key=self._origins["KIS_APP_KEY"],
            of_secret=self._origins["KIS_APP_SECRET"],
        )
        return ApprovalRefused(refused.status, refused.code, refused.kis_text, next_step)

    def require(self) -> None:
        """Raise SettingsFault if there is neither a key nor the credentials to issue one."""
        if not self._key:
            self._credentials()

    def _credentials(self) -> tuple[str, str]:
        if self._app_key and self._app_secret:
            return self._app_key, self._app_secret
        setting = "KIS_APP_SECRET" if self._app_key else "KIS_APP_KEY"
        if self._env_file:
            sentence = _MISSING_IN_FILE.format(setting=setting, file=self._env_file)
        else:
            sentence = _MISSING.format(setting=setting)
        raise SettingsFault(sentence, _MISSING_STEP)
