"""Reports on the measures an agency took after its assessment: one table with long cells, over several pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from . import wording as w
from .agencies import PAO, PROVINCE, TAO, TOWN, draw_rows
from .canvas import Book, Sheet
from .damage import Damage
from .dice import Dice
from .document import Digits, Forged, Layout, Value, new_book, number_pages, open_flow, paragraph
from .grid import BREAK, Cell, Style, Table, draw


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of the report; `|` where a line may be broken."""

    title: str
    steps: tuple[str, ...]
    responsible: str
    result: str
    outcomes: tuple[str, ...]


MEASURES: tuple[Measure, ...] = (
    Measure(
        "ลด|ขั้นตอน|การ|ให้|บริการ|ประชาชน |ณ จุด|เดียว",
        (
            "สำรวจ|งาน|บริการ|ที่|มี|ผู้|ขอ|รับ|มาก|ที่สุด 5 ลำดับ|แรก",
            "กำหนด|เวลา|แล้ว|เสร็จ|ของ|แต่ละ|งาน|และ|ปิด|ประกาศ|ไว้|หน้า|ห้อง|บริการ",
            "ทดลอง|ใช้|บัตร|คิว|อิเล็กทรอนิกส์|และ|เก็บ|เวลา|รอ|จริง|ทุก|วันทำการ",
        ),
        "ศูนย์|บริการ|ร่วม|และ|กลุ่มงาน|อำนวยการ",
        "เวลา|รอ|เฉลี่ย|ลดลง|จาก 42 นาที |เหลือ 17 นาที |มี|ผู้|ใช้|บัตร|คิว |3,815 ราย",
        ("ประชาชน|ทราบ|เวลา|ที่|จะ|ได้|รับ|บริการ|ล่วงหน้า", "เรื่อง|ร้องเรียน|ความ|ล่าช้า|ลด|เหลือ 2 เรื่อง"),
    ),
    Measure(
        "เปิดเผย|การ|ใช้|จ่าย|งบประมาณ|ราย|ไตรมาส",
        ("จัด|ทำ|แผน|การ|ใช้|จ่าย|เงิน|ตาม|แบบ|ที่|ส่วน|กลาง|กำหนด", "นำ|ข้อมูล|ขึ้น|หน้า|แรก|ของ|เว็บไซต์|ภายใน|วัน|ที่ 10 ของ|เดือน|ถัด|ไป"),
        "กลุ่มงาน|การ|เงิน|และ|บัญชี",
        "เผยแพร่|ครบ|ทั้ง 4 ไตรมาส |พร้อม|ไฟล์|ที่|นำ|ไป|คำนวณ|ต่อ|ได้",
        ("ภาค|ประชาชน|ติดตาม|การ|เบิกจ่าย|ได้|เอง",),
    ),
    Measure(
        "กำกับ|การ|ยืม|และ|การ|ใช้|ทรัพย์สิน|ของ|ราชการ",
        (
            "ทบทวน|แบบ|ยืม|พัสดุ|ให้|เหลือ|หน้า|เดียว",
            "ให้|ผู้|ยืม|ลง|ชื่อ|รับ|และ|ส่ง|คืน|ผ่าน|ระบบ QR Code",
            "สุ่ม|ตรวจ|รถยนต์|ส่วนกลาง|เดือน|ละ|ครั้ง",
            "รายงาน|ของ|ที่|ค้าง|ส่ง|ต่อ|หัวหน้า|สำนักงาน|ทุก|สิ้น|เดือน",
        ),
        "เจ้าหน้าที่|พัสดุ",
        "มี|การ|ยืม 268 ครั้ง |ส่ง|คืน|ตรง|เวลา|ร้อยละ 98.51 |และ|ไม่|พบ|การ|นำ|ไป|ใช้|ส่วนตัว",
        ("ผู้|ปฏิบัติงาน|รู้|ขั้นตอน|การ|ยืม|ที่|ถูกต้อง", "ทะเบียน|ทรัพย์สิน|ตรง|กับ|ของ|จริง"),
    ),
    Measure(
        "สื่อสาร|ผล|งาน|และ|รับ|ฟัง|ความ|เห็น|ผ่าน|ช่องทาง|ออนไลน์",
        (
            "เปิด|บัญชี Line Official |ของ|หน่วยงาน|และ|มอบ|ผู้|ตอบ|ประจำ|วัน",
            "ทำ|แผ่น|ภาพ|สรุป|งาน|ที่|ประชาชน|ถาม|บ่อย|สัปดาห์|ละ 1 เรื่อง",
            "ปรับ|หน้า|เว็บไซต์|ให้|เปิด|บน|โทรศัพท์|ได้|สะดวก",
        ),
        "กลุ่มงาน|ยุทธศาสตร์|และ|ข้อมูล|เพื่อ|การ|พัฒนา",
        "มี|ผู้|ติดตาม|เพิ่ม|ขึ้น 1,204 บัญชี |ตอบ|คำถาม|ภายใน 1 วันทำการ|ได้|ร้อยละ 93",
        ("ผู้|รับ|บริการ|เข้า|ถึง|ข้อมูล|ง่าย|ขึ้น",),
    ),
    Measure(
        "สร้าง|ความ|เชื่อ|มั่น|ใน|การ|จัดการ|เรื่อง|ร้องเรียน|การ|ทุจริต",
        (
            "แยก|ตู้|รับ|เรื่อง|ร้องเรียน|การ|ทุจริต|ออก|จาก|เรื่อง|ทั่วไป",
            "กำหนด|รหัส|ผู้|ร้อง|แทน|ชื่อ|เพื่อ|คุ้มครอง|ผู้|ให้|ข้อมูล",
            "แจ้ง|ความ|คืบหน้า|แก่|ผู้|ร้อง|ทุก 15 วัน",
        ),
        "ศูนย์|ปฏิบัติการ|ต่อต้าน|การ|ทุจริต (ศปท.)",
        "รับ|เรื่อง 6 เรื่อง |ยุติ|แล้ว 5 เรื่อง |อีก 1 เรื่อง|อยู่|ระหว่าง|ตรวจสอบ|ข้อ|เท็จจริง",
        ("บุคลากร|กล้า|แจ้ง|เหตุ|มาก|ขึ้น", "ผล|สำรวจ|ความ|เชื่อ|มั่น|สูง|กว่า|ปี|ก่อน 4.2 คะแนน"),
    ),
    Measure(
        "มอบหมาย|งาน|และ|ประเมิน|ผล|อย่าง|เป็น|ธรรม",
        ("ประชุม|ชี้แจง|ตัว|ชี้วัด|ราย|บุคคล|ก่อน|เริ่ม|รอบ|การ|ประเมิน", "ให้|ผู้|ปฏิบัติงาน|เสนอ|ผล|งาน|ต่อ|คณะ|กลั่นกรอง|ด้วย|ตนเอง"),
        "กลุ่มงาน|บริหาร|ทรัพยากร|บุคคล",
        "จัด|ประชุม 2 รอบ |ผู้|เข้า|ร่วม|ครบ|ทุก|กลุ่มงาน |ไม่|มี|ผู้|อุทธรณ์|ผล|การ|ประเมิน",
        ("ผู้|ปฏิบัติงาน|เห็น|เกณฑ์|เดียวกัน|ก่อน|ทำ|งาน",),
    ),
    Measure(
        "จัดซื้อ|จัดจ้าง|อย่าง|โปร่งใส|และ|แข่งขัน|ได้",
        (
            "ประกาศ|แผน|จัดซื้อ|ทั้ง|ปี|ภายใน 30 วัน|หลัง|ได้|รับ|งบประมาณ",
            "เชิญ|ผู้|สังเกตการณ์|ภาย|นอก|ร่วม|ตรวจ|รับ|งาน|ที่|เกิน 500,000 บาท",
            "สรุป|ผล|การ|จัดซื้อ|เป็น|ภาษา|เข้าใจ|ง่าย|ทุก|เดือน",
        ),
        "เจ้าหน้าที่|พัสดุ|ร่วม|กับ|หน่วย|ตรวจสอบ|ภายใน",
        "ดำเนินการ|ครบ|ทุก|โครงการ |มี|ผู้|ยื่น|ข้อเสนอ|เฉลี่ย 4.6 ราย|ต่อ|โครงการ",
        ("ราคา|ที่|จัดซื้อ|ต่ำ|กว่า|ราคา|กลาง|ร้อยละ 7.35", "ผู้|ค้า|ราย|ใหม่|เข้า|ร่วม|เพิ่ม|ขึ้น"),
    ),
    Measure(
        "ปลูก|ฝัง|ค่านิยม|สุจริต|และ|ไม่|รับ|ของขวัญ",
        (
            "ผู้บริหาร|ลง|นาม|ประกาศ No Gift Policy |และ|ให้|คำมั่น|ต่อ|หน้า|บุคลากร",
            "อบรม|เรื่อง|ผล|ประโยชน์|ทับซ้อน|แก่|บุคลากร|บรรจุ|ใหม่",
            "ทำ|แบบ|รายงาน|การ|รับ|ของขวัญ|ให้|กรอก|ผ่าน|โทรศัพท์",
            "ยกย่อง|ผู้|ปฏิบัติ|ตน|เป็น|แบบอย่าง|ใน|วัน|สำคัญ|ของ|หน่วยงาน",
        ),
        "หัวหน้า|ส่วน|ราชการ|ทุก|แห่ง",
        "บุคลากร|ผ่าน|การ|อบรม 87 คน |คิด|เป็น|ร้อยละ 96.67 |และ|มี|รายงาน|การ|รับ|ของขวัญ 0 ครั้ง",
        ("เกิด|บรรทัดฐาน|ร่วม|ว่า|ไม่|ให้|และ|ไม่|รับ", "คะแนน|ด้าน|การ|ป้องกัน|การ|ทุจริต|สูง|ขึ้น"),
    ),
    Measure(
        "เพิ่ม|บริการ E-Service |สำหรับ|งาน|อนุญาต",
        (
            "รวบรวม|แบบ|คำ|ขอ|ทั้ง|หมด|และ|ตัด|เอกสาร|ที่|ซ้ำ|กัน",
            "ให้|ยื่น|คำ|ขอ|และ|ชำระ|ค่า|ธรรมเนียม|ผ่าน|ระบบ",
            "ส่ง|ข้อความ|แจ้ง|ผล|แก่|ผู้|ยื่น|โดย|อัตโนมัติ",
        ),
        "สำนัก|ช่าง|และ|กอง|คลัง",
        "เปิด|ใช้|ระบบ 11 งาน |มี|คำ|ขอ|ผ่าน|ระบบ|ร้อยละ 61.8 ของ|ทั้ง|หมด",
        ("ลด|การ|พบ|หน้า|ระหว่าง|ผู้|ขอ|กับ|ผู้|อนุญาต",),
    ),
    Measure(
        "ตรวจสอบ|ภายใน|เชิง|ป้องกัน",
        ("จัด|ลำดับ|ความ|เสี่ยง|การ|ทุจริต|ของ|ทุก|ส่วน|ราชการ", "เข้า|ตรวจ|หน่วย|ที่|เสี่ยง|สูง|โดย|ไม่|แจ้ง|ล่วงหน้า"),
        "หน่วย|ตรวจสอบ|ภายใน",
        "เข้า|ตรวจ 9 หน่วย |พบ|ข้อ|สังเกต 14 ข้อ |แก้ไข|แล้ว|ทั้ง|หมด",
        ("หน่วย|รับ|ตรวจ|แก้ไข|จุด|อ่อน|ก่อน|เกิด|ความ|เสียหาย",),
    ),
)

HEADS = ("มาตรการ", "ขั้นตอน|หรือ|วิธีการ", "ผู้|รับผิดชอบ", "ผล|การ|ดำเนินการ", "ผลลัพธ์|ความ|สำเร็จ")
TITLE = "รายงาน|ผล|การดำเนินการ|เพื่อ|ส่งเสริม|คุณธรรม|และ|ความโปร่งใส|ภายใน|หน่วยงาน |ประจำปี|งบประมาณ พ.ศ. {y}"
LEAD = (
    "{a} |ได้|นำ|ข้อ|สังเกต|จาก|การ|ประเมิน|มา|กำหนด|เป็น|มาตรการ {n} ข้อ |มอบ|ผู้|รับ|ผิดชอบ|ราย|ข้อ |และ|ติดตาม|ผล|ใน|ที่|ประชุม|ประจำ|เดือน "
    "|สรุป|ผล|ถึง|สิ้น|ปี|งบประมาณ|ได้|ดัง|ตาราง|ต่อ|ไป|นี้"
)


def forge_measures(
    seed: object,
    *,
    year: int | None = None,
    agency: str | None = None,
    count: int | None = None,
    damage: str | Damage | None = None,
    face: str | None = None,
    producer: str | None = None,
    layout: Layout | None = None,
    digits: Digits | None = None,
) -> Forged:
    """A report on `count` measures drawn from `seed`; whatever is given is kept.

    Steps and outcomes are expected without their numbers, one a line.

    >>> forge_measures(1, count=2).expected["measures"][0]["seq"]
    1
    """
    dice = Dice(f"measures/{seed}")
    year = year if year is not None else dice.whole("year", 2565, 2568)
    agency = agency or draw_rows(dice, dice.pick("type", (PROVINCE, PAO, TOWN, TAO)), 1, year)[0].name
    numerals: Digits = digits if digits is not None else dice.pick("digits", ("arabic", "arabic", "thai"))
    layout = layout if layout is not None else draw_layout(dice.at("layout"))
    chosen = dice.sample("measures", MEASURES, min(count or 8, len(MEASURES)))
    return _write(new_book(dice, layout, damage, face, producer), layout, chosen, agency, year, numerals, dice)


def draw_layout(dice: Dice) -> Layout:
    """Paper, type size and borders by lot; rows may be parted by the end of a page."""
    across = dice.chance("across", 0.8)
    style = Style(
        dice.pick("size", (11.0, 12.0, 13.0)),
        dice.pick("borders", ("strokes", "pieces", "cells", "bars")),
        0.5,
        dice.pick("thick", (0.5, 1.0)),
        pad_x=dice.pick("pad", (3.0, 5.0)),
        leading=dice.pick("leading", (1.35, 1.5)),
        split_rows=dice.chance("split", 0.6),
        repeat_head=dice.chance("repeat", 0.7),
        justify=dice.chance("justify", 0.25),
    )
    sheet = Sheet(841.89, 595.28) if across else Sheet()
    return Layout(
        sheet, style, dice.pick("margin", (40.0, 54.0)), dice.pick("shade", (None, 0.88)), dice.pick("number", w.PAGE_NUMBERS)
    )


def _write(book: Book, layout: Layout, measures: Sequence[Measure], agency: str, year: int, digits: Digits, dice: Dice) -> Forged:
    def numeral(text: str, _label: object = None) -> str:
        return text.translate(w.THAI_DIGITS) if digits == "thai" else text

    def cell(text: str) -> Cell:
        return Cell(text.replace("|", BREAK))

    def listed(items: Sequence[str]) -> Cell:
        return cell("\n".join(numeral(mark.format(i)) + item for i, item in enumerate(items, 1)))

    style = layout.style
    mark = dice.pick("mark", ("{}. ", "{}. ", "{}) "))
    flow = open_flow(book, layout, layout.running_head)
    for text in (TITLE.format(y=numeral(str(year))), agency):
        paragraph(flow, text.replace("|", BREAK), style.size + 4, True)
    flow.y += 6
    paragraph(
        flow, LEAD.format(a=agency, n=numeral(str(len(measures)))).replace("|", BREAK), style.size + 1, align="left", indent=36
    )
    flow.y += 8
    head = tuple(Cell(h.replace("|", BREAK), "centre", bold=layout.head_bold, shade=layout.shade) for h in HEADS)
    body = tuple(
        (cell(numeral(f"{i}. ") + m.title), listed(m.steps), cell(m.responsible), cell(m.result), listed(m.outcomes))
        for i, m in enumerate(measures, 1)
    )
    widths = tuple((flow.right - flow.left) * share for share in (0.18, 0.28, 0.14, 0.2, 0.2))
    draw(flow, Table(widths, (head,), body), style)
    number_pages(book, layout, numeral)
    return Forged(book.pdf(), {"measures": [_expected(m, i, agency, year) for i, m in enumerate(measures, 1)]})


def _expected(m: Measure, seq: int, agency: str, year: int) -> dict[str, Value]:
    def plain(*texts: str) -> str:
        return "\n".join(texts).replace("|", "")

    return {
        "agency_name": agency,
        "fiscal_year": year,
        "seq": seq,
        "measure": plain(m.title),
        "steps": plain(*m.steps),
        "responsible": plain(m.responsible),
        "result": plain(m.result),
        "outcomes": plain(*m.outcomes),
    }
