"""What kisq needs: the bounds of pyproject.toml, and what ``make oldest`` installs."""

import tomllib

from helpers.places import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
OLDEST = (ROOT / "tests" / "oldest.txt").read_text("utf-8").splitlines()
NOT_FOR_THE_SUITE = {"mypy", "ruff", "types-requests"}


def test_oldest_versions_are_the_bounds() -> None:
    """``make oldest`` tests each lower bound; Typer alone has an upper one, for a quick start."""
    extras = PROJECT["optional-dependencies"]
    listed = [
        *PROJECT["dependencies"],
        *extras["sim"],
        *extras["zst"],
        *extras["notices"],
        *extras["test"],
    ]
    bounds = dict(line.split(">=") for line in listed if not line.startswith("kisq["))
    assert [name for name, bound in bounds.items() if "," in bound] == ["typer"]
    lower = {name: bound.partition(",")[0] for name, bound in bounds.items()}
    tested = {name: bound for name, bound in lower.items() if name not in NOT_FOR_THE_SUITE}
    assert dict(line.split("==") for line in OLDEST if not line.startswith("#")) == tested
