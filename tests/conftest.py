"""How laws are searched: few examples and the same every time in `make test`, many and fresh ones in `make test-all`.

A law that fails by chance on somebody's machine teaches nothing to whoever only wanted to know whether the checkout works; so on a
server of tests (where `CI` is set) the many are the same every time too.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("few", deadline=None, max_examples=20, derandomize=True, database=None)
settings.register_profile("many", deadline=None, max_examples=200, derandomize="CI" in os.environ, database=None)
settings.load_profile("many" if os.environ.get("ITA_TEST_SEARCH") else "few")
