"""``python -m emissions``."""

import sys

from emissions.cli import main

sys.exit(main())
