"""Cutting bytes into records: nothing lost, nothing twice, wherever the blocks end."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence

from hypothesis import example, given
from hypothesis import strategies as st

from workbench.intake.readers.csv_cells import cell, ended, repeated
from workbench.intake.readers.csv_splitter import CsvSplitter
from workbench.intake.readers.record_splitter import (
    BOM,
    Batch,
    LineSplitter,
    Splitter,
    is_json,
)

HEADER = b"id,ts,text\n"


def cut(splitter: Splitter, data: bytes, size: int = 1 << 20, *, truncated: bool = False) -> Batch:
    """Feed the data in blocks of `size` bytes; everything that comes out, in one batch."""
    whole = Batch()
    parts = [splitter.feed(data[at : at + size]) for at in range(0, len(data), size)]
    for part in [*parts, splitter.finish(truncated=truncated)]:
        whole.lines += part.lines
        whole.records += part.records
        whole.rejects += part.rejects
        whole.passed += part.passed
    assert whole.size == len(data)
    return whole


def csv_cut(data: bytes, size: int = 1 << 20, *, truncated: bool = False) -> Batch:
    return cut(CsvSplitter(3, b",", [1]), data, size, truncated=truncated)


def reasons(batch: Batch) -> list[tuple[int, int, str]]:
    return [(reject.line, reject.line_end, reject.reason) for reject in batch.rejects]


def as_csv(rows: Sequence[Sequence[str]], end: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end).writerows(rows)
    return text.getvalue().encode()


cells = st.text(st.sampled_from('ab1,"\n\r é\t;'), max_size=6)


@given(
    st.lists(st.tuples(cells, st.just("2026"), cells), max_size=12),
    st.integers(1, 40),
    st.sampled_from(["\n", "\r\n"]),
)
def test_csv_is_cut_as_its_writer_meant(
    rows: list[tuple[str, str, str]], size: int, end: str
) -> None:
    # A bare CR at the very end of a line that ends in LF cannot be told from half of CRLF.
    if end == "\n":
        rows = [(first, ts, text.rstrip("\r")) for first, ts, text in rows]
    data = HEADER + as_csv(rows, end)
    batch = csv_cut(data, size)
    assert batch.rejects == []
    quoted = [CsvSplitter(3).requoted(record).decode() for record in batch.records]
    read = [next(csv.reader(io.StringIO(record, newline=""))) for record in quoted]
    assert [tuple(row) for row in read] == rows
    lines = data.split(b"\n")
    for line, record in zip(batch.lines, batch.records, strict=True):
        assert lines[line - 1].rstrip(b"\r") == record.split(b"\n")[0].rstrip(b"\r")


@given(st.binary(max_size=200), st.integers(1, 50))
def test_any_bytes_are_accounted_for_once(data: bytes, size: int) -> None:
    body = HEADER + data
    batch = csv_cut(body, size)
    spans = [(r.line, r.line_end) for r in batch.rejects]
    spans += [
        (n, n + record.count(b"\n")) for n, record in zip(batch.lines, batch.records, strict=True)
    ]
    covered = [n for low, high in spans for n in range(low, high + 1)]
    assert len(covered) == len(set(covered))
    for number, line in enumerate(body.split(b"\n"), 1):
        if number > 1 and line.strip(b"\r"):
            assert number in covered


@given(st.binary(max_size=200), st.integers(1, 50))
@example(BOM, 1)
@example(BOM + BOM + b"{}", 3)
@example(BOM[:2], 1)
def test_block_ends_change_nothing(data: bytes, size: int) -> None:
    for mark in (b"", BOM):
        whole, pieces = csv_cut(mark + HEADER + data), csv_cut(mark + HEADER + data, size)
        assert (whole.lines, whole.records) == (pieces.lines, pieces.records)
        assert reasons(whole) == reasons(pieces)
    whole, pieces = cut(LineSplitter(), data), cut(LineSplitter(), data, size)
    assert (whole.lines, whole.records) == (pieces.lines, pieces.records)
    assert reasons(whole) == reasons(pieces)


@given(
    st.integers(0, 1100), st.sampled_from([b"", b"x", b"\n,"]), st.sampled_from([b"\n", b"\r\n"])
)
@example(512, b"", b"\r\n")
@example(513, b"", b"\r\n")
def test_any_number_of_doubled_quotes_is_one_cell(count: int, between: bytes, end: bytes) -> None:
    record = b'"%b",1,"%b"' % (b'""' * count, (b'""' + between) * count)
    batch = csv_cut(HEADER + (record + end) * 2)
    assert (batch.records, batch.rejects) == ([record, record], [])
    batch = csv_cut(HEADER + record[:-1] + end)
    assert [reject.reason for reject in batch.rejects] == ["unterminated_quote"]


@given(st.binary(max_size=12) | st.text(st.sampled_from('",a\r\n;'), max_size=12).map(str.encode))
def test_a_cell_is_what_a_plain_reading_of_the_rule_takes(data: bytes) -> None:
    found = re.match(cell(b",", 1), data)
    assert found is not None
    assert found[0] == _cell_by_hand(data)


def _cell_by_hand(data: bytes) -> bytes:
    if data.startswith(b'"'):
        at = 1
        while (at := data.find(b'"', at)) >= 0:
            if data[at + 1 : at + 2] != b'"':
                return data[: at + 1]
            at += 2
        return b""
    return re.split(b"[,\n]", data, maxsplit=1)[0]


@given(st.text("ab", max_size=2000))
def test_a_repetition_takes_all_it_can(text: str) -> None:
    data = text.encode()
    wanted = re.match(rb"(?:aa|b)*", data)
    found = re.match(repeated(rb"aa|b", 1), data)
    assert found is not None
    assert wanted is not None
    assert found[0] == wanted[0]


def test_one_line_end_is_taken_from_a_record() -> None:
    assert ended(b"a,b\n") == ended(b"a,b\r\n") == ended(b"a,b") == b"a,b"
    assert ended(b"a,\r\r\n") == b"a,\r"
    assert ended(b"a\n\r\n") == b"a\n"


def test_an_overlong_line_keeps_its_beginning_however_it_is_cut() -> None:
    line = bytes(range(48, 58)) * 100
    for size in (7, 30, 64, 5000):
        batch = cut(LineSplitter(largest=100), line + b"\n" + line, size)
        if size < 1000:
            assert reasons(batch) == [(1, 1, "too_long"), (2, 2, "too_long")]
            assert all(line.startswith(reject.raw) for reject in batch.rejects)
            assert all(len(reject.raw) > 100 for reject in batch.rejects)


def test_wrong_numbers_of_cells_are_told_apart() -> None:
    batch = csv_cut(HEADER + b'a,1,b,c\nd,2\ne,3,"f\ng",h\ni,4,j\n')
    assert reasons(batch) == [
        (2, 2, "too_many_cells"),
        (3, 3, "too_few_cells"),
        (4, 5, "too_many_cells"),
    ]
    assert batch.records == [b"i,4,j"]
    assert batch.lines == [6]


def test_an_unterminated_quote_is_one_reject_up_to_the_next_record() -> None:
    text = HEADER + b'a,1,ok\nb,2,"never ends\nsome text\nc,3,good\nd,4,"quoted, fine"\ne,5,end\n'
    for size in (1 << 20, 7):
        batch = csv_cut(text, size)
        assert reasons(batch) == [(3, 4, "unterminated_quote")]
        assert batch.rejects[0].raw == b'b,2,"never ends\nsome text'
        assert batch.lines == [2, 5, 6, 7]


def test_an_unterminated_quote_in_the_last_line() -> None:
    batch = csv_cut(HEADER + b'a,1,ok\nb,2,"never ends\n')
    assert reasons(batch) == [(3, 3, "unterminated_quote")]
    assert batch.records == [b"a,1,ok"]


def test_text_after_a_closing_quote_rejects_that_record_only() -> None:
    batch = csv_cut(HEADER + b'a,1,"x"y\nb,2,"fine"\n')
    assert reasons(batch) == [(2, 2, "unterminated_quote")]
    assert batch.lines == [3]


def test_a_quote_inside_an_unquoted_cell_is_text() -> None:
    batch = csv_cut(HEADER + b'a,1,5" disk\nb,2,"q"\n')
    assert batch.rejects == []
    assert batch.records == [b'a,1,5" disk', b'b,2,"q"']


def test_an_open_quote_does_not_wait_for_ever() -> None:
    splitter = CsvSplitter(3, b",", [1], largest=1000)
    body = HEADER + b'a,1,"open\n' + b"b,2,good\n" * 500
    batch = cut(splitter, body, 64)
    assert reasons(batch) == [(2, 2, "unterminated_quote")]
    assert len(batch.records) == 500


def test_a_byte_order_mark_and_blank_lines_are_no_records() -> None:
    batch = csv_cut(BOM + HEADER + b"\na,1,b\r\n\r\n")
    assert (batch.lines, batch.records, batch.rejects) == ([3], [b"a,1,b"], [])
    batch = cut(LineSplitter(), BOM + b'{"a":1}\n\n  \n{"b":2}', 3)
    assert (batch.lines, batch.records) == ([1, 4], [b'{"a":1}', b'{"b":2}'])


def test_invalid_utf8_rejects_its_record_only() -> None:
    batch = csv_cut(HEADER + b"a,1,ok\nb,2,\xff\xfe\nc,3,ok\n")
    assert reasons(batch) == [(3, 3, "invalid_utf8")]
    assert batch.rejects[0].raw == b"b,2,\xff\xfe"
    batch = cut(LineSplitter(), b'{"a":1}\n{"a":"\xed\xa0\x80"}\n')
    assert reasons(batch) == [(2, 2, "invalid_utf8")]


def test_a_cut_file_rejects_its_last_record() -> None:
    assert reasons(cut(LineSplitter(), b'{"a":1}\n{"a"', truncated=True)) == [(2, 2, "truncated")]
    assert reasons(csv_cut(HEADER + b'a,1,b\nb,2,"', truncated=True)) == [(3, 3, "truncated")]
    assert csv_cut(HEADER + b"a,1,b\n", truncated=True).rejects == []


def test_an_overlong_line_is_one_reject_and_the_next_is_read() -> None:
    batch = cut(LineSplitter(largest=100), b'{"a":1}\n' + b"x" * 1000 + b'\n{"b":2}\n', 30)
    assert reasons(batch) == [(2, 2, "too_long")]
    assert (batch.lines, batch.records) == ([1, 3], [b'{"a":1}', b'{"b":2}'])


def test_control_characters_make_a_json_line_broken() -> None:
    batch = cut(LineSplitter(), b'{"a":"\x1f"}\n{"a":"x\ry"}\n{"a":\r1}\r\n')
    assert reasons(batch) == [(1, 1, "broken_json"), (2, 2, "broken_json")]
    assert batch.records == [b'{"a": 1}']


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_what_the_standard_library_writes_is_json(value: object) -> None:
    assert is_json(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")) or any(
        0xD800 <= ord(c) <= 0xDFFF for c in str(value)
    )


def test_strict_json_only() -> None:
    for text in (b'{"a":NaN}', b'{"a":1,}', b'{"a":"\\ud800"}', b"{'a':1}", b"", b"[" * 10):
        assert not is_json(text), text
    assert is_json(b"[" * 100_000 + b"]" * 100_000)
