"""The links of a page: all that a person sees in it, and nothing that a page can do to the reader."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ita_extract.errors import UsageError
from ita_extract.fetch.links import MAX_TITLE, links_of_page
from ita_extract.fetch.list import address_fault

HERE = "https://www.example.go.th/ita/index.html"


def found(page: str, match: str = "", **more: str) -> list[tuple[str, str | None]]:
    return [(one.url, one.title) for one in links_of_page(page.encode(), HERE, match, **more)]


def test_links_with_their_text_in_order_and_once() -> None:
    page = """
    <ul><li><A HREF="2567.pdf">ผล <b>ITA</b>
       2567</A><li><a class=x href='/old/2566.pdf' >ผล&nbsp;2566 &amp; อื่น</a>
    <a href=2567.pdf>again</a><a href="2565.pdf#page=2"><img src=x.png></a> <a href="2565.pdf">ปี 2565</a></ul>"""
    base = "https://www.example.go.th"
    assert found(page) == [
        (f"{base}/ita/2567.pdf", "ผล ITA 2567"),
        (f"{base}/old/2566.pdf", "ผล 2566 & อื่น"),
        (f"{base}/ita/2565.pdf", "ปี 2565"),
    ]


def test_the_expression_is_found_in_the_address_as_people_read_it_or_in_the_text() -> None:
    page = '<a href="%E0%B8%9C%E0%B8%A5.pdf">one</a><a href="/download?id=3">ผลการประเมิน</a><a href="/">home</a>'
    assert [title for _, title in found(page, "ผล")] == ["one", "ผลการประเมิน"]
    assert [title for _, title in found(page, r"\.pdf$")] == ["one"]


def test_thai_in_addresses_becomes_what_servers_take() -> None:
    assert found('<a href="ผล 2567.pdf?ก=ข">x</a>') == [
        ("https://www.example.go.th/ita/%E0%B8%9C%E0%B8%A5%202567.pdf?%E0%B8%81=%E0%B8%82", "x")
    ]


def test_pages_in_the_encoding_of_old() -> None:
    page = '<meta charset="TIS-620"><a href="a.pdf">ผลการประเมิน</a>'.encode("tis-620")
    assert links_of_page(page, HERE, "")[0].title == "ผลการประเมิน"
    assert links_of_page(page[24:], HERE, "", "text/html; charset=windows-874")[0].title == "ผลการประเมิน"
    assert links_of_page(page[24:], HERE, "")[0].title == "ผลการประเมิน", "neither says so, but UTF-8 it is not"
    assert links_of_page(b"<meta charset=punycode>" + '<a href="a.pdf">ผล</a>'.encode(), HERE, "")[0].title == "ผล"


def test_documents_shown_within_a_page_are_links_too() -> None:
    page = """<base href="/x/"><iframe src="a.pdf" title="ผล"></iframe><embed src=b.pdf><object data="c.pdf"></object>
    <area href=d.pdf alt=D>"""
    at = "https://www.example.go.th/x/"
    assert found(page) == [(f"{at}a.pdf", "ผล"), (f"{at}b.pdf", None), (f"{at}c.pdf", None), (f"{at}d.pdf", "D")]


def test_what_is_no_link() -> None:
    page = """<!-- <a href="comment.pdf">x</a> --><script>"<a href='script.pdf'>"</script><style><a href=style.pdf></style>
    <title><a href=title.pdf></title><a href="mailto:a@b.c">m</a><a href="javascript:void(0)">j</a><a href="#top">top</a>
    <a name=x>n</a><a href="ftp://e.org/a.pdf">f</a><a href="http://[broken/">b</a><a href="http://u:p@e.org/">secret</a>
    <a href="">empty</a><p href="p.pdf">"""
    assert [url for url, _ in found(page)] == [HERE]


def test_a_bad_expression_is_the_users_mistake() -> None:
    with pytest.raises(UsageError, match="no regular expression"):
        found("", "(")


PIECES = st.sampled_from(
    [
        "<a ",
        "<a href=",
        "x.pdf",
        '"',
        "'",
        ">",
        "</a>",
        "<",
        "<!--",
        "-->",
        "<![",
        "<script>",
        "</",
        " ",
        "=",
        "ก",
        "&amp;",
        "&#0;",
        "\x00",
        "<base href=//[",
        "\u2028",
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_page_gives_addresses_and_plain_words(page: str) -> None:
    for url, title in found(page):
        assert address_fault(url) is None
        assert title is None or (title and len(title) <= MAX_TITLE and "\n" not in title and "\x00" not in title)


@pytest.mark.parametrize(
    "piece",
    [
        "<", "<!", "<!--", "<a ", "<a href='", '<a href="', "</", "<![", "<a b=", "&", "&#", "<?", "<script>", "<script></", "<a/",
        "a    ", "<a href=x>", "<a	= ", "--!>",
    ],
)  # fmt: skip
def test_time_grows_with_the_page_and_no_faster(piece: str) -> None:
    """The parser of the standard library took 18 seconds for 40 KB of "<a "."""
    page = piece * (200_000 // len(piece))
    started = time.process_time()
    found(page, "zz")
    assert time.process_time() - started < 5
