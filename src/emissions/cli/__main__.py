"""``python -m emissions.cli``."""

import sys

from emissions.cli import main

sys.exit(main())
