"""How laws are searched: the same examples every time, unless a search is asked for (`make test-all`).

A law that fails by chance on somebody's machine teaches nothing to whoever only wanted to know whether the checkout works.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("fixed", deadline=None, max_examples=60, derandomize=True, database=None)
settings.register_profile("search", deadline=None, max_examples=500)
settings.load_profile("search" if os.environ.get("ITA_TEST_SEARCH") else "fixed")
