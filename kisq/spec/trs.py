"""The TRs that kisq decodes, by their ids (protocol.md section 3)."""

from kisq.spec.korean import H0NXASP0, H0NXCNT0, H0STASP0, H0STCNT0, H0UNASP0, H0UNCNT0
from kisq.spec.overseas import HDFSASP0, HDFSASP1, HDFSCNT0

BOOKS = {tr.id: tr for tr in (HDFSASP0, HDFSASP1, H0STASP0, H0NXASP0, H0UNASP0)}
TRADES = {tr.id: tr for tr in (HDFSCNT0, H0STCNT0, H0NXCNT0, H0UNCNT0)}
TRS = BOOKS | TRADES
