"""KISQ_PAUSES: a factor on the pauses of a run with a server on this machine, such as a simulator.

The pauses keep kisq polite, so for any other server they stay as they are.
"""

import os
from math import isfinite
from urllib.parse import urlsplit

from kisq.errors import SettingsFault
from kisq.feed.proxy import LOOPBACK
from kisq.locale.sentence import Sentence

_NAME = "KISQ_PAUSES"
_NOT_A_FACTOR = Sentence("{name} is not a factor: set it to a number such as 0.1, or unset it")


def pauses(url: str) -> float:
    """The factor for the pauses with ``url``. Raises SettingsFault if the setting is not one."""
    setting = os.environ.get(_NAME, "").strip()
    if not setting or urlsplit(url).hostname not in LOOPBACK:
        return 1.0
    try:
        factor = float(setting)
    except ValueError:
        factor = -1.0
    if not isfinite(factor) or factor < 0:
        raise SettingsFault(_NOT_A_FACTOR.format(name=_NAME))
    return factor
