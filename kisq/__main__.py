"""``python -m kisq``, and the console script."""

import sys


def main() -> None:
    """Run the command line; an interrupt while it is being imported ends it as any other does."""
    try:
        from kisq.interrupts import INTERRUPTS

        INTERRUPTS.arrange()
        from kisq.cli.main import run_command_line

        code = run_command_line()
        INTERRUPTS.over()
    except KeyboardInterrupt as interrupt:
        code = getattr(interrupt, "exit_code", 130)
    sys.exit(code)


if __name__ == "__main__":
    main()
