"""Where the files of the project and of its tests are."""

from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SCREENS = ROOT / "tests" / "screens"
