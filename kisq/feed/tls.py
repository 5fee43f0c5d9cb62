"""TLS as the environment wants it: whose certificates are trusted, where keys are logged."""

import os
import ssl
from pathlib import Path

from kisq.errors import SettingsFault
from kisq.locale.os_reasons import reason_of
from kisq.locale.sentence import Sentence

_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")  # in the order in which requests takes them
_KEY_LOG = "SSLKEYLOGFILE"
_NO_CERTIFICATES = Sentence("{name} names {path}, which holds no certificates in PEM form")
_UNREADABLE = Sentence("{name} names {path}, which cannot be read: {reason}")
_UNWRITABLE = Sentence("{name} names {path}, which cannot be written: {reason}")
_STEP = Sentence("correct it or unset it")


def ca_bundle() -> str | None:
    """The file or folder of certificates that the environment names, None if it names none.

    Raises SettingsFault if it cannot be used, or if the log of the keys cannot be written: the
    libraries that use them would only say that a connection broke.
    """
    _try_key_log(os.environ.get(_KEY_LOG, ""))
    name = next((name for name in _BUNDLES if os.environ.get(name)), "")
    if not name:
        return None
    path = os.environ[name]
    try:
        _trusting(path)
    except ssl.SSLError:
        fault = _NO_CERTIFICATES.format(name=name, path=path)
    except OSError as error:
        fault = _UNREADABLE.format(name=name, path=path, reason=reason_of(error))
    else:
        return path
    raise SettingsFault(fault, _STEP)


def context() -> ssl.SSLContext:
    """The TLS settings of an encrypted WebSocket. Raises what ``ca_bundle`` does."""
    bundle = ca_bundle()
    if bundle is None:
        return ssl.create_default_context()
    return _trusting(bundle)


def _trusting(path: str) -> ssl.SSLContext:
    if Path(path).is_dir():
        return ssl.create_default_context(capath=path)
    return ssl.create_default_context(cafile=path)


def _try_key_log(path: str) -> None:
    if not path:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).keylog_filename = os.path.expandvars(path)
    except OSError as error:
        fault = _UNWRITABLE.format(name=_KEY_LOG, path=path, reason=reason_of(error))
        raise SettingsFault(fault, _STEP) from None
