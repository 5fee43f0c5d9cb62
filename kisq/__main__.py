"""``python -m kisq``, and the console script."""

import atexit
import gc
import sys

# Objects that hold others, made and kept, between two searches for cycles: a start makes fewer, and
# nearly all of them stay.
_ALLOCATIONS = 100_000


def main() -> None:
    """Run the command line; a signal while it is being imported ends it as any other does."""
    gc.set_threshold(_ALLOCATIONS)
    atexit.register(gc.freeze)  # else Python looks through all objects again and again as it ends
    try:
        from kisq.signals import SIGNALS

        SIGNALS.arrange()
        from kisq.cli.main import run_command_line

        code = run_command_line()
        SIGNALS.ignore()
    except (ImportError, AttributeError):  # of what the command line itself is made of
        from kisq.locale.sentence import translated
        from kisq.packages import fault

        wrong = fault()
        if wrong is None:
            raise
        sys.stderr.write(f"kisq: error: {translated(wrong.text)}\n")
        code = wrong.exit_code
    except KeyboardInterrupt:  # before the first of them was arranged for
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
