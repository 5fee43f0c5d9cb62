"""KISQ_PAUSES: a factor on the pauses of a run with a server on this machine, such as a simulator.

The pauses are what keeps kisq polite, so for any other server they are as they are.
"""

import os
from math import isfinite
from urllib.parse import urlsplit

from kisq.errors import SettingsFault
from kisq.feed.proxy import LOOPBACK

_NAME = "KISQ_PAUSES"


def pauses(url: str) -> float:
    """What to multiply the pauses with ``url`` with. Raises SettingsFault for what is no number."""
    setting = os.environ.get(_NAME, "").strip()
    if not setting or urlsplit(url).hostname not in LOOPBACK:
        return 1.0
    try:
        factor = float(setting)
    except ValueError:
        factor = -1.0
    if not isfinite(factor) or factor < 0:
        raise SettingsFault(f"{_NAME} is no factor: set it to a number such as 0.1, or unset it")
    return factor
