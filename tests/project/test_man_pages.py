"""The man pages say what the commands are."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from helpers import man_page
from helpers.places import ROOT

SCRIPT = ROOT / "tests" / "helpers" / "man_page.py"


@pytest.mark.parametrize("language", man_page.PAGES)
def test_page_is_as_the_commands_are(language: str) -> None:
    """A committed page is what `make catalogue` writes."""
    made = subprocess.run([sys.executable, SCRIPT, language], capture_output=True, check=True)
    assert man_page.PAGES[language].read_bytes() == made.stdout


@pytest.mark.parametrize("language", man_page.PAGES)
def test_page_is_sound_roff(language: str) -> None:
    """Groff formats a page without a warning, and each exit code and command is in it."""
    if not shutil.which("groff"):
        pytest.skip("groff is not installed")
    command = ["groff", "-man", "-Kutf8", "-Tutf8", "-ww", str(man_page.PAGES[language])]
    env = {**os.environ, "GROFF_NO_SGR": "1"}
    made = subprocess.run(command, capture_output=True, check=True, env=env)
    assert made.stderr == b""
    text = re.sub(".\b", "", made.stdout.decode())  # bold is a letter over itself
    for word in (
        "kisq watch",
        "kisq symbols sync",
        "--timeout TIME",
        "KISQ_LANG",
        "half-open=",
        "130",
    ):
        assert word in text
