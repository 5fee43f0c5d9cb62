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


def times(rates: dict[str, list[float]], name: str, targets: dict[str, float]) -> str:
    """How many times as fast ``name`` is as others, which is to be at least the target."""
    rows = [f"| {name} compared with | times as fast | target | |", "|---|--:|--:|---|"]
    for other, target in targets.items():
        ratio = median(rates[name]) / median(rates[other])
        rows.append(_row(other, f"{ratio:.1f}", f"≥ {target:g}", _verdict(ratio >= target)))
    return "\n".join(rows)


def starts(
    took: dict[str, list[float]],
    base: str,
    targets: dict[str, float],
    most_seconds: dict[str, float],
    titles: tuple[str, str] = ("start-up", "`import typer`"),
) -> str:
    """Milliseconds of each, the ratio to ``base``, and the most that either may be.

    ``titles`` are those of the table and of the ratio.
    """
    rounds = len(took[base])
    title = f"{titles[0]}, milliseconds (median of {rounds})"
    rows = [_head(title, "fastest – slowest", f"× {titles[1]}", "target", "")]
    for name, found in took.items():
        ratio, target = median(found) / median(took[base]), targets.get(name)
        most = most_seconds.get(name)
        wanted = f"≤ {target}" if target else f"≤ {most * 1000:.0f} ms" if most else ""
        met = ratio <= target if target else median(found) <= (most or 0)
        verdict = _verdict(met) if wanted else ""
        spread = f"{min(found) * 1000:.0f} – {max(found) * 1000:.0f}"
        rows.append(
            _row(name, f"{median(found) * 1000:.0f}", spread, f"{ratio:.2f}", wanted, verdict)
        )
    return "\n".join(rows)


def checks(costs: dict[str, list[float]], most: float) -> str:
    """Microseconds a record of each TR."""
    rows = ["| is a record odd? | µs a record | target | |", "|---|--:|--:|---|"]
    for tr_id, found in costs.items():
        cost = median(found)
        rows.append(_row(tr_id, f"{cost:.1f}", f"≤ {most:g}", _verdict(cost <= most)))
    return "\n".join(rows)


def shares(used: dict[str, float]) -> str:
    """Percent of one processor."""
    rows = ["| share of one processor, without the start | % |", "|---|--:|"]
    return "\n".join(rows + [f"| {name} | {share:.1f} |" for name, share in used.items()])


def ages(found: list[float], rate: int, keys: int) -> str:
    """Median and 99th percentile of milliseconds."""
    in_order = sorted(found)
    last = in_order[int(len(in_order) * 0.99)]
    title = f"sent → on the terminal at {rate:,} messages a second over {keys} keys"
    return "\n".join(
        (
            f"| {title} ({len(found)} books) | ms | target | |",
            "|---|--:|--:|---|",
            f"| median | {median(found):.0f} | | |",
            f"| 99th percentile | {last:.0f} | ≤ 150 | {_verdict(last <= 150)} |",
        )
    )


def memory(peaks: dict[int, float], pace: int) -> str:
    """Peaks in MiB."""
    title = f"peak memory of `watch --json` at {pace:,} messages a second"
    rows = [f"| {title} | MiB | target | |", "|---|--:|--:|---|"]
    rows += [f"| after {count:,} messages | {peak:.1f} | | |" for count, peak in peaks.items()]
    growth = max(peaks.values(), default=0.0) - min(peaks.values(), default=0.0)
    rows.append(f"| growth | {growth:.1f} | ≤ 2 | {_verdict(growth <= 2)} |")
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
