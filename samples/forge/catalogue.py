"""The documents under `samples/`: one for each shape of head, each with another producer, face, border, paper and damage."""

from __future__ import annotations

from collections.abc import Callable

from .agencies import DEPARTMENT, ENTERPRISE, PAO, PROVINCE, TAMBON, TAO, TOWN
from .agency_report import Manner, forge_agency_report
from .announcement import ORDERS, Heads, forge_announcement
from .canvas import Sheet
from .document import Forged, Layout
from .grid import Style
from .history import forge_history
from .measures import forge_measures
from .regional import Volume, forge_regional

LYING = Sheet(841.89, 595.28)


def _provinces_2563() -> Forged:
    """Letters, both years, every figure of the summaries checked by the rows; LibreOffice writes sara am under /ActualText."""
    return forge_announcement(
        "provinces",
        year=2563,
        types=(PROVINCE, PAO),
        rows_per_type=18,
        damage="clean_actual",
        face="sarabun",
        producer="libreoffice",
        digits="arabic",
        earlier=True,
        parts=False,
        heads=Heads(),
        layout=Layout(style=Style(11, "strokes", 0.5, 0.5), running_head=""),
    )


def _towns_2564() -> Forged:
    """A province column; the nikhahit is said to be a space, borders are slivers, thicker around; the head is not repeated."""
    heads = Heads(
        words=(
            ("no", "ลำดับ|ที่"),
            ("agency", "ชื่อ|หน่วยงาน"),
            ("year", "คะแนน ปี {y}"),
            ("grade", "ระดับ|ผลการ|ประเมิน"),
            ("target", "เป้าหมาย|แผนแม่บทฯ"),
        )
    )
    return forge_announcement(
        "towns",
        year=2564,
        types=(TOWN, TAMBON),
        rows_per_type=30,
        damage="split_am",
        face="sarabun",
        producer="word",
        digits="arabic",
        earlier=True,
        parts=False,
        heads=heads,
        layout=Layout(
            style=Style(11, "pieces", 0.5, 1.5, repeat_head=False),
            shade=0.8,
            page_number="- {n} -",
            summaries=False,
            fresh_page=False,
        ),
    )


def _subdistricts_2565() -> Forged:
    """An excerpt with districts, numbered from 1,543; names wrap, a row is parted by the page's end; private-use marks."""
    heads = Heads(words=(("year", "คะแนน |ปี|งบ|ประมาณ |พ.ศ. |{y}"), ("target", "ผลตาม|ค่า|เป้าหมาย |แผน|แม่บท*")))
    style = Style(12, "cells", 0.75, 0.75, split_rows=True, pad_x=5, middle=True)
    return forge_announcement(
        "subdistricts",
        year=2565,
        types=(TAO,),
        rows_per_type=40,
        damage="pua_split_am",
        face="looped",
        producer="reportlab",
        digits="arabic",
        earlier=True,
        parts=False,
        heads=heads,
        first_numbers=(1543,),
        layout=Layout(style=style, margin=40, running_head="เอกสารแนบท้ายประกาศ", page_number="หน้า {n} จาก {all}"),
    )


def _words_2567() -> Forged:
    """Grades in words beside the three instruments; digits of both kinds; tones before vowels and carried marks as in old Word."""
    heads = Heads(
        ORDERS[0],
        (("year", "คะแนน ITA |ปี {y}"), ("merged_parts", "คะแนน|ราย|เครื่องมือ"), ("grade", "ระดับ|ผลการ|ประเมิน")),
        merged_parts=True,
    )
    return forge_announcement(
        "words",
        year=2567,
        types=(PROVINCE, TAMBON),
        rows_per_type=14,
        damage="word_2007",
        face="serif",
        producer="word",
        digits="mixed",
        earlier=True,
        parts=True,
        heads=heads,
        layout=Layout(style=Style(10, "pieces", 0.5, 0.5, pad_x=3), margin=36, title_page=False),
    )


def _merged_2563() -> Forged:
    """No title: the year stands under a head cell over two columns, the types in the names; columns in another order."""
    heads = Heads(
        ORDERS[2],
        (("no", "ลำดับ"), ("merged", "คะแนน"), ("merged_year", "ปี {y}"), ("grade", "ระดับ"), ("target", "ค่า|เป้าหมาย")),
        merged=True,
    )
    layout = Layout(
        style=Style(12, "bars", 0.75, 0.75),
        title_page=False,
        summaries=False,
        type_title=False,
        fresh_page=False,
        page_number="",
        shade=None,
    )
    return forge_announcement(
        "merged",
        year=2563,
        types=(TAO,),
        rows_per_type=40,
        damage="tone_first",
        face="sarabun",
        producer="skia",
        digits="arabic",
        earlier=True,
        parts=False,
        heads=heads,
        layout=layout,
    )


def _thai_digits_2568() -> Forged:
    """One year only, all digits Thai, U+FFFD for the nikhahit, a sheet stored sideways in a crop box; gaps instead of spaces."""
    heads = Heads(
        ORDERS[1], (("no", "ลำดับ"), ("only", "ผลคะแนน"), ("grade", "ระดับผล|การ|ประเมิน"), ("target", "ผลการ|ประเมิน|ตามค่า|เป้าหมาย"))
    )
    layout = Layout(
        Sheet(rotate=90, margin_cut=(28.35, 20.0)),
        Style(11, "open", 0.5, 1.0),
        running_head="ผลการประเมิน ITA ประจำปีงบประมาณ พ.ศ. {y}",
        fresh_page=False,
    )
    return forge_announcement(
        "thai digits",
        year=2568,
        types=(TAMBON, TAO),
        rows_per_type=12,
        damage="fffd",
        face="sarabun",
        producer="distiller",
        digits="thai",
        earlier=False,
        parts=False,
        heads=heads,
        layout=layout,
    )


def _departments_2566() -> Forged:
    """Types without places; the nikhahit is said to be mai tho and a drawn space stands before some marks."""
    layout = Layout(style=Style(11, "dashed", 0.5, 1.0), page_number="หน้า {n}")
    return forge_announcement(
        "departments",
        year=2566,
        types=(DEPARTMENT, ENTERPRISE),
        rows_per_type=12,
        damage="mai_tho",
        face="looped",
        producer="word",
        digits="arabic",
        earlier=True,
        parts=False,
        heads=Heads(words=(("year", "ผลคะแนน |ปี {y}"), ("agency", "รายชื่อ|หน่วยงาน"))),
        layout=layout,
    )


def _measures_2567() -> Forged:
    """Eight measures with numbered steps; rows are parted by the page's end, half of the sara ams come apart."""
    return forge_measures(
        "report",
        year=2567,
        agency="จังหวัดกำแพงเพชร",
        count=8,
        damage="split_am_some",
        face="sarabun",
        producer="word",
        digits="arabic",
        layout=Layout(LYING, Style(13, "pieces", 0.5, 0.5, split_rows=True), page_number="{n}"),
    )


def _report_2567() -> Forged:
    """A subdistrict's report: questions over their tables, groups of items with comments, people; rows parted by the page's end."""
    return forge_agency_report(
        "report",
        year=2567,
        agency_type=TAO,
        damage="word_2010",
        face="looped",
        producer="skia",
        digits="arabic",
        questions=2,
        style=Manner(above="row", doubled_head=True),
        layout=Layout(style=Style(10, "pieces", 0.5, 0.5, split_rows=True), margin=40, page_number="- {n} -"),
    )


def _regional_2564() -> Forged:
    """Two provinces with every table: heads turned upwards, their marks before the letters, pages stored on their side, parts of
    30, 30 and 40, every nikhahit an unknown character."""
    return forge_regional(
        "volume",
        year=2564,
        provinces=2,
        agencies=6,
        damage="fffd",
        face="looped",
        producer="libreoffice",
        digits="arabic",
        volume=Volume(backwards=True),
        layout=Layout(Sheet(841.89, 595.28, 90), Style(9, "pieces", 0.5, 1.0, pad_x=2, middle=True), margin=40, page_number="{n}"),
    )


def _history_2567() -> Forged:
    """One agency from 2559 on: words of another model, then letters, then words again; Thai digits, a dash for no level."""
    return forge_history(
        "b",
        years=range(2559, 2568),
        agency="องค์การบริหารส่วนจังหวัดกำแพงเพชร",
        across=False,
        damage="pua",
        face="serif",
        producer="skia",
        digits="thai",
        layout=Layout(style=Style(14, "rows", 0.5, 0.5, pad_y=5), margin=56, shade=None, page_number=""),
    )


DOCUMENTS: dict[str, Callable[[], Forged]] = {
    "agency_history_2567_private_use": _history_2567,
    "announcement_2563_provinces_clean": _provinces_2563,
    "announcement_2564_towns_split_am": _towns_2564,
    "announcement_2565_subdistricts_private_use": _subdistricts_2565,
    "announcement_2563_merged_head_no_title": _merged_2563,
    "announcement_2566_departments_mai_tho": _departments_2566,
    "announcement_2567_words_parts_mixed_digits": _words_2567,
    "announcement_2568_thai_digits_sideways": _thai_digits_2568,
    "measures_2567_rows_parted_split_am": _measures_2567,
    "agency_report_2567_marks_out_of_order": _report_2567,
    "regional_report_2564_sideways_turned_heads": _regional_2564,
}
