"""What the ministry decides, as typed frozen objects: the only part of the project that opens files under `rules/`."""
