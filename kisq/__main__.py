"""``python -m kisq``, and the console script."""

import signal
import sys


def main() -> None:
    """Run the command line; an interrupt while it is being imported ends it as any other does."""
    try:
        from kisq.main import run_command_line

        code = run_command_line()
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # it is over: nothing may change the code
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), signal.SIG_IGN)
    except KeyboardInterrupt as interrupt:
        code = getattr(interrupt, "exit_code", 130)
    sys.exit(code)


if __name__ == "__main__":
    main()
