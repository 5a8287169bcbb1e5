"""What this room must know of agencies. The identity room knows the registry; here it is a few questions and their answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AgencyNames:
    """Functions of a printed text, None where it names nothing that is known.

    type_named: the agency type that a heading names ("ประเภท เทศบาลตำบล").   type_of_name: the type that an agency's name tells.
    province_named: the province that a text is the name of.                  agency_in: the agency that a line of text speaks of.
    """

    type_named: Callable[[str], str | None]
    type_of_name: Callable[[str], str | None]
    province_named: Callable[[str], str | None]
    agency_in: Callable[[str], str | None]
