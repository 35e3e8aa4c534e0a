"""`python -m pipeline` is `upr`."""

from pipeline.cli import main

main()
