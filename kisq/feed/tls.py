"""TLS as the environment wants it: whose certificates are trusted, where keys are logged."""

import os
import ssl
from pathlib import Path

from kisq.errors import SettingsFault

_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")  # in the order in which requests takes them
_KEY_LOG = "SSLKEYLOGFILE"


def ca_bundle() -> str | None:
    """The file or folder of certificates that the environment names, None where it names none.

    Raises SettingsFault where it cannot be used, or where the log of the keys cannot be written:
    the libraries that use them would only say that a connection broke.
    """
    _try_key_log(os.environ.get(_KEY_LOG, ""))
    name = next((name for name in _BUNDLES if os.environ.get(name)), "")
    if not name:
        return None
    path = os.environ[name]
    try:
        _trusting(path)
    except ssl.SSLError:
        fault = f"{name} names {path}, which holds no certificates in PEM form"
    except OSError as error:
        fault = f"{name} names {path}, which cannot be read: {error.strerror}"
    else:
        return path
    raise SettingsFault(fault, "correct it or unset it")


def context() -> ssl.SSLContext:
    """What an encrypted WebSocket is made with. Raises what ``ca_bundle`` does."""
    bundle = ca_bundle()
    return _trusting(bundle) if bundle else ssl.create_default_context()


def _trusting(path: str) -> ssl.SSLContext:
    if Path(path).is_dir():
        return ssl.create_default_context(capath=path)
    return ssl.create_default_context(cafile=path)


def _try_key_log(path: str) -> None:
    try:
        if path:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).keylog_filename = os.path.expandvars(path)
    except OSError as error:
        raise SettingsFault(
            f"{_KEY_LOG} names {path}, which cannot be written: {error.strerror}",
            "correct it or unset it",
        ) from None
