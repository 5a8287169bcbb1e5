"""Which letters of Thai are taken for one another: what a misread name may differ in (`rules/registry/lookalikes.tsv`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import permutations
from pathlib import Path

from ..errors import RulesError
from .files import read_rows


def read_lookalikes(path: Path) -> Mapping[str, frozenset[str]]:
    """For each letter those it is taken for. RulesError, naming the line, where a row is no two or more different Thai letters.

    >>> from .files import rules_folder
    >>> found = read_lookalikes(rules_folder() / "registry" / "lookalikes.tsv")
    >>> "ต" in found["ด"], "ด" in found["ต"], "ด" in found["ม"]
    (True, True, False)
    """
    found: dict[str, set[str]] = defaultdict(set)
    for line, row in read_rows(path, ["letters", "source"]):
        letters = row["letters"]
        if len(set(letters)) < 2 or len(set(letters)) != len(letters) or not all("ก" <= letter <= "๎" for letter in letters):
            advice = "Write two or more different Thai letters without blanks."
            raise RulesError(
                f"{letters!r} names no letters that look alike", file=str(path), line=line, key="letters", advice=advice
            )
        for one, other in permutations(letters, 2):
            found[one].add(other)
    return {letter: frozenset(others) for letter, others in found.items()}
