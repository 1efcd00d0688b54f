"""`python -m skill` is `stay-close`."""

import sys

from skill.cli import main

sys.exit(main())
