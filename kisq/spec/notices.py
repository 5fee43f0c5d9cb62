"""The TRs that bring notices of one's own orders, encrypted (protocol.md section 3)."""

_NOTICES = {
    "H0STCNI0", "H0STCNI9", "H0GSCNI0", "H0GSCNI9", "H0IFCNI0", "H0IFCNI9", "H0MFCNI0", "H0EUCNI0",
    "HDFFF1C0", "HDFFF2C0",
}  # fmt: skip


def is_notice(tr_id: str) -> bool:
    """Whether the TR brings order notices; its tr_key is an HTS ID."""
    return tr_id in _NOTICES
