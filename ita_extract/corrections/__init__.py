"""What people decided about doubtful values: a file of decisions, checked line by line, and put to the records of a document.

The machine corrects a number only where arithmetic leaves no other reading. What it must leave in doubt a person can settle by
looking at the page; and a person who mistypes is stopped by the same arithmetic.
"""

from .decisions import HUMAN, Corrections, Decision, digest_of, read_corrections
from .settle import noted, settled

__all__ = ["HUMAN", "Corrections", "Decision", "digest_of", "noted", "read_corrections", "settled"]
