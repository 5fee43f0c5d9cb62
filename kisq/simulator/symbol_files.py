"""KIS's symbol files as the simulator serves them, with the rows that come with kisq."""

import io
import zipfile

from kisq.simulator.symbols import rows
from kisq.spec.symbol_files import FILES, MASTER_PATH


def symbol_file(path: str) -> bytes | None:
    """The zip file at a path, None if there is none."""
    by_path = {MASTER_PATH + file.path: file for file in FILES.values()}
    file = by_path.get(path)
    if file is None:
        return None
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        content = b"".join(row + b"\n" for row in rows()[file.name])
        opened.writestr(f"{file.name}.{file.suffix}".upper(), content)
    return packed.getvalue()
