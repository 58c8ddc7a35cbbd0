"""What the scripts that hold files against other libraries have in common: a line for each, and how many failed."""

import sys


def report(names, check):
    """Prints what `check` says of each name, or why it failed, and ends the process: with 1 when one did."""
    failed = 0
    for name in names:
        try:
            print(f"{name:28} ok      {check(name)}")
        except Exception as error:
            failed += 1
            print(f"{name:28} FAILED  {type(error).__name__}: {str(error).strip()[:1500]}")
    print(f"{len(names) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
