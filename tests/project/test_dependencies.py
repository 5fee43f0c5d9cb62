"""What kisq needs: the bounds of pyproject.toml, and what ``make oldest`` installs."""

import tomllib

from helpers.places import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
OLDEST = (ROOT / "tests" / "oldest.txt").read_text("utf-8").splitlines()
NOT_FOR_THE_SUITE = {"mypy", "ruff", "types-requests"}


def test_oldest_versions_are_the_bounds() -> None:
    """``make oldest`` tests each lower bound; nothing has an upper one."""
    extras = PROJECT["optional-dependencies"]
    listed = [
        *PROJECT["dependencies"],
        *extras["sim"],
        *extras["zst"],
        *extras["notices"],
        *extras["test"],
    ]
    bounds = dict(line.split(">=") for line in listed if not line.startswith("kisq["))
    assert not [bound for bound in bounds.values() if "," in bound]
    tested = {name: bounds[name] for name in bounds if name not in NOT_FOR_THE_SUITE}
    assert dict(line.split("==") for line in OLDEST if not line.startswith("#")) == tested
