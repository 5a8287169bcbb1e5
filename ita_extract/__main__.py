"""`python -m ita_extract` is the command `ita-extract`."""

from .cli import main

if __name__ == "__main__":
    main()
