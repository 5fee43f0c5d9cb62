"""The tables, in Markdown."""

import os
import platform
import re
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import median

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def machine(load: float) -> str:
    """What it was measured on; ``load`` is the load average before the first measurement."""
    parts = ("websocket-client", "typer", "rich")
    return (
        f"{_cpu()}, {os.cpu_count()} cores; {_system()}; "
        f"Python {platform.python_version()}, "
        f"{', '.join(f'{part} {version(part)}' for part in parts)}; "
        f"kisq {version('kisq')}; load average {load:.2f} at the start; {date.today().isoformat()}."
    )


def throughput(
    rates: dict[str, list[float]], base: str, targets: dict[str, float], count: int
) -> str:
    """Messages a second, and the ratio to ``base``, which is to be at least the target."""
    rounds = len(rates[base])
    title = f"{count:,} order books, messages a second (median of {rounds})"
    rows = [_head(title, "slowest – fastest", "× bare loop", "target", "")]
    for name, found in rates.items():
        ratio, target = median(found) / median(rates[base]), targets.get(name)
        wanted = f"≥ {target}" if target else ""
        verdict = _verdict(target is None or ratio >= target) if target else ""
        spread = f"{_thousands(min(found))} – {_thousands(max(found))}"
        rows.append(_row(name, _thousands(median(found)), spread, f"{ratio:.2f}", wanted, verdict))
    return "\n".join(rows)


def starts(took: dict[str, list[float]], base: str, targets: dict[str, float]) -> str:
    """Milliseconds of each, and the ratio to ``base``, which is to be at most the target."""
    rounds = len(took[base])
    title = f"start-up, milliseconds (median of {rounds})"
    rows = [_head(title, "fastest – slowest", "× `import typer`", "target", "")]
    for name, found in took.items():
        ratio, target = median(found) / median(took[base]), targets.get(name)
        wanted = f"≤ {target}" if target else ""
        verdict = _verdict(ratio <= target) if target else ""
        spread = f"{min(found) * 1000:.0f} – {max(found) * 1000:.0f}"
        rows.append(
            _row(name, f"{median(found) * 1000:.0f}", spread, f"{ratio:.2f}", wanted, verdict)
        )
    return "\n".join(rows)


def memory(peaks: dict[int, float], pace: int) -> str:
    """Peaks in MiB."""
    rows = [f"| peak memory of `watch --json` at {pace:,} messages a second | MiB |", "|---|--:|"]
    rows += [f"| after {count:,} messages | {peak:.1f} |" for count, peak in peaks.items()]
    growth = max(peaks.values(), default=0.0) - min(peaks.values(), default=0.0)
    rows.append(f"| growth | {growth:.1f} |")
    return "\n".join(rows)


def write(path: Path, text: str) -> None:
    """Put ``text`` between the two markers of the file."""
    before, _, rest = path.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    path.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", "utf-8")


def _cpu() -> str:
    try:
        info = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        info = ""
    found = re.search(r"^model name\s*:\s*(.+)$", info, re.MULTILINE)
    return found[1] if found else platform.processor() or platform.machine()


def _system() -> str:
    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        name = platform.system()
    return f"{name}, {platform.system()} {platform.release()}"


def _head(*cells: str) -> str:
    title, spread, ratio, target, verdict = cells
    return f"| {title} | | {spread} | {ratio} | {target} | {verdict} |\n|---|--:|--:|--:|--:|---|"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _verdict(met: bool) -> str:
    return "met" if met else "**missed**"


def _thousands(number: float) -> str:
    return f"{round(number, -2):,.0f}"
