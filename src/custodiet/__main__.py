"""Run ``python -m custodiet``."""

from custodiet.cli import main

if __name__ == "__main__":
    main()
