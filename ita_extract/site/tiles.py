"""The provinces as tiles of equal size: where each stands, its official abbreviation and its English name.

A map of Thailand shows Bangkok as a speck and Nakhon Ratchasima as a continent, though each is one score. Equal tiles in about the
right places can be compared at a glance, carry a number each, and need no borders that somebody would have to license.
"""

from __future__ import annotations

from dataclasses import dataclass

COLUMNS, ROWS = 8, 17

_TILES = """
57 1 0 ชร Chiang Rai|58 0 1 มส Mae Hong Son|50 1 1 ชม Chiang Mai|56 2 1 พย Phayao|55 3 1 นน Nan|51 0 2 ลพ Lamphun
52 1 2 ลป Lampang|54 2 2 พร Phrae|53 3 2 อต Uttaradit|42 4 2 ลย Loei|43 5 2 นค Nong Khai|38 6 2 บก Bueng Kan
63 0 3 ตก Tak|64 1 3 สท Sukhothai|65 2 3 พล Phitsanulok|67 3 3 พช Phetchabun|39 4 3 นภ Nong Bua Lamphu|41 5 3 อด Udon Thani
47 6 3 สน Sakon Nakhon|48 7 3 นพ Nakhon Phanom|62 0 4 กพ Kamphaeng Phet|66 1 4 พจ Phichit|60 2 4 นว Nakhon Sawan
36 3 4 ชย Chaiyaphum|40 4 4 ขก Khon Kaen|46 5 4 กส Kalasin|49 6 4 มห Mukdahan|61 0 5 อน Uthai Thani|18 1 5 ชน Chai Nat
16 2 5 ลบ Lop Buri|30 3 5 นม Nakhon Ratchasima|44 4 5 มค Maha Sarakham|45 5 5 รอ Roi Et|35 6 5 ยส Yasothon
37 7 5 อจ Amnat Charoen|72 0 6 สพ Suphan Buri|17 1 6 สห Sing Buri|15 2 6 อท Ang Thong|19 3 6 สบ Saraburi|31 4 6 บร Buri Ram
32 5 6 สร Surin|33 6 6 ศก Si Sa Ket|34 7 6 อบ Ubon Ratchathani|71 0 7 กจ Kanchanaburi|73 1 7 นฐ Nakhon Pathom
14 2 7 อย Phra Nakhon Si Ayutthaya|13 3 7 ปท Pathum Thani|26 4 7 นย Nakhon Nayok|25 5 7 ปจ Prachin Buri|70 0 8 รบ Ratchaburi
74 1 8 สค Samut Sakhon|12 2 8 นบ Nonthaburi|10 3 8 กท Bangkok|24 4 8 ฉช Chachoengsao|27 5 8 สก Sa Kaeo|76 0 9 พบ Phetchaburi
75 1 9 สส Samut Songkhram|11 3 9 สป Samut Prakan|20 4 9 ชบ Chon Buri|22 5 9 จบ Chanthaburi|77 0 10 ปข Prachuap Khiri Khan
21 4 10 รย Rayong|23 5 10 ตร Trat|86 0 11 ชพ Chumphon|85 0 12 รน Ranong|84 1 12 สฎ Surat Thani|82 0 13 พง Phangnga
80 1 13 นศ Nakhon Si Thammarat|83 0 14 ภก Phuket|81 1 14 กบ Krabi|92 2 14 ตง Trang|93 3 14 พท Phatthalung|91 2 15 สต Satun
90 3 15 สข Songkhla|94 4 15 ปน Pattani|95 4 16 ยล Yala|96 5 16 นธ Narathiwat
"""
"""Code of the province, column, row, abbreviation, English name."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A province on the grid: `column` from 0 at the left, `row` from 0 at the top."""

    code: str
    column: int
    row: int
    short: str
    english: str


def _tile(text: str) -> Tile:
    code, column, row, short, english = text.split(" ", 4)
    return Tile(code, int(column), int(row), short, english)


TILES = tuple(_tile(text) for line in _TILES.split("\n") for text in line.split("|") if text)
