"""The TRs that bring notices of one's own orders, encrypted (protocol.md section 3)."""

from kisq.spec.tables import TRS


def is_notice(tr_id: str) -> bool:
    """Whether the TR brings order notices; its tr_key is an HTS ID."""
    return tr_id in TRS and TRS[tr_id].is_notice
