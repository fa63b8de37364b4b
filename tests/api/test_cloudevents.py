"""CloudEvents in every form, the bad ones with their code and pointer, and nothing but a problem for any bytes at all."""

import asyncio
import json
from datetime import UTC, date, datetime

import msgspec
import pytest
from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given, settings
from hypothesis import strategies as st

from service.api import lines
from service.api.cloudevents import MOST, Inbound, Parsed, is_stream, parse_body, parse_lines
from service.api.problems import Problem
from service.domain.commands import FACTS, IssueInvoice, ReceivePayment, UpdateCustomer

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
BILL = {
    "invoice": "INV-1",
    "customer": "C-1",
    "amount": "1200.00",
    "currency": "CNY",
    "issued_on": "2026-01-05",
    "due_on": "2026-03-06",
}
PAYMENT = {"payment": "P-1", "customer": "C-1", "amount": "5.00", "currency": "CNY"}
DEEP = "[" * 40 + "]" * 40


def an_event(data=None, **attributes):
    return {
        "specversion": "1.0",
        "id": "8f0c",
        "source": "erp/sales",
        "type": "invoice.issued",
        "time": "2026-01-05T10:00:00+08:00",
        "data": BILL if data is None else data,
    } | attributes


def a_payment(**data):
    return an_event(PAYMENT | data, type="payment.received")


def a_customer(**data):
    return an_event({"customer": "C-1"} | data, type="customer.updated")


def parse(value, content_type="application/json", **headers) -> Parsed:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return parse_body(content_type, {name.replace("_", "-"): text for name, text in headers.items()}, body)


def one(value, content_type="application/json", **headers) -> Inbound:
    parsed = parse(value, content_type, **headers)
    assert not parsed.is_batch
    (event,) = parsed.events
    return event


def refusal(value, content_type="application/json", **headers):
    """Status, code and pointer of the single event."""
    event = one(value, content_type, **headers)
    assert event.command is None and event.error is not None and event.content == b""
    return event.error.status, event.error.code, *(fault.pointer for fault in event.error.errors)


class TestForms:
    @pytest.mark.parametrize("kind", [STRUCTURED, "Application/CloudEvents+JSON; charset=UTF-8", "application/json"])
    def test_structured(self, kind):
        event = one(an_event(subject="INV-1", traceparent=TRACE), kind)
        assert event.command == IssueInvoice(
            invoice="INV-1",
            customer="C-1",
            amount="1200.00",
            currency="CNY",
            issued_on=date(2026, 1, 5),
            due_on=date(2026, 3, 6),
        )
        assert (event.index, event.id, event.source, event.type) == (0, "8f0c", "erp/sales", "invoice.issued")
        assert event.time == datetime(2026, 1, 5, 2, tzinfo=UTC) and event.time.tzinfo is UTC
        assert (event.subject, event.traceparent, event.extra, event.error) == ("INV-1", TRACE, {}, None)

    @pytest.mark.parametrize("kind", [BATCH, "APPLICATION/cloudevents-BATCH+json;charset=utf-8", "application/json"])
    def test_batch(self, kind):
        parsed = parse([an_event(id="a"), an_event(id="b")], kind)
        assert parsed.is_batch
        assert [(event.index, event.id) for event in parsed.events] == [(0, "a"), (1, "b")]

    def test_an_empty_batch_is_fine(self):
        assert parse([], BATCH) == ([], True)

    def test_binary(self):
        headers = {
            "ce_specversion": "1.0",
            "ce_id": "8f%200c",
            "ce_source": "/erp/%E9%94%80%E5%94%AE",
            "ce_type": "invoice.issued",
            "ce_time": "2026-01-05T10:00:00%2B08:00",
            "ce_subject": '"a \\"b\\""',
        }
        event = one(BILL, **headers)
        assert isinstance(event.command, IssueInvoice)
        assert (event.id, event.source, event.subject) == ("8f 0c", "/erp/销售", 'a "b"')
        assert event.time == datetime(2026, 1, 5, 2, tzinfo=UTC)

    def test_binary_takes_plain_utf8_headers_as_servers_hand_them_over(self):
        source = "erp/销售".encode().decode("latin-1")
        event = one(BILL, ce_specversion="1.0", ce_id="1", ce_source=source, ce_type="invoice.issued")
        assert event.source == "erp/销售"

    def test_headers_do_not_touch_a_structured_event(self):
        assert one(an_event(), STRUCTURED, ce_id="other").id == "8f0c"

    def test_binary_misses_attributes(self):
        assert refusal(BILL, ce_id="1") == (422, "field_missing", "/source")

    def test_binary_headers_are_checked_after_decoding(self):
        assert refusal(BILL, ce_specversion="1.0", ce_id="%00", ce_source="x") == (422, "text_invalid", "/id")
        needed = {"ce_specversion": "1.0", "ce_id": "1", "ce_source": "x", "ce_type": "invoice.issued"}
        assert refusal(BILL, **needed, ce_extension="%00") == (422, "text_invalid", "/extension")
        with pytest.raises(Problem, match="text_invalid"):
            one(BILL, ce_specversion="1.0", ce_id="%ff", ce_source="x")

    def test_the_trace_of_the_request_serves_where_the_event_has_none(self):
        assert one(an_event(), traceparent=TRACE).traceparent == TRACE
        assert one(an_event(traceparent="nonsense")).traceparent is None

    @pytest.mark.parametrize(
        "kind",
        [None, "", "text/plain", "application/cloudevents+avro", "application/cloudevents", "multipart/form-data"],
    )
    def test_other_media_types_are_refused(self, kind):
        with pytest.raises(Problem) as caught:
            parse(an_event(), kind)
        assert (caught.value.status, caught.value.code) == (415, "unsupported_media_type")

    def test_other_charsets_are_refused(self):
        with pytest.raises(Problem) as caught:
            parse(an_event(), "application/json; charset=gbk")
        assert (caught.value.status, caught.value.code) == (415, "charset_unsupported")

    @pytest.mark.parametrize(("kind", "value"), [(BATCH, an_event()), (BATCH, 1)])
    def test_a_batch_is_an_array(self, kind, value):
        with pytest.raises(Problem, match="wrong_type"):
            parse(value, kind)

    def test_a_structured_event_is_no_array(self):
        assert refusal([an_event()], STRUCTURED) == (422, "wrong_type", "")

    def test_streams_are_known_by_their_media_type(self):
        assert is_stream("application/x-ndjson; charset=utf-8") and not is_stream("application/json")


class TestInterop:
    """What the CloudEvents SDK writes is read here."""

    ATTRIBUTES = {
        "id": "Ä 1%",
        "source": "erp/销售",
        "type": "invoice.issued",
        "specversion": "1.0",
        "time": datetime(2026, 1, 5, 2, tzinfo=UTC),
        "subject": 'quoted "subject"',
        "datacontenttype": "application/json",
    }

    @pytest.mark.parametrize("write", [to_structured_event, to_binary_event])
    def test_both_modes(self, write):
        message = write(CloudEvent(attributes=dict(self.ATTRIBUTES), data=BILL))
        headers = {name.lower(): value for name, value in message.headers.items()}
        ((event,), is_batch) = parse_body(headers["content-type"], headers, message.body)
        assert not is_batch and event.error is None
        assert (event.id, event.source, event.subject) == ("Ä 1%", "erp/销售", 'quoted "subject"')
        assert event.time == self.ATTRIBUTES["time"]

    def test_both_modes_have_the_same_content(self):
        contents = set()
        for write in (to_structured_event, to_binary_event):
            message = write(CloudEvent(attributes=dict(self.ATTRIBUTES), data=BILL))
            headers = {name.lower(): value for name, value in message.headers.items()}
            contents.add(parse_body(headers["content-type"], headers, message.body).events[0].content)
        assert len(contents) == 1


class TestContent:
    def test_formatting_time_and_extensions_do_not_count(self):
        spaced = json.dumps(dict(reversed(an_event(time="2026-02-02T00:00:00Z", extension="x").items())), indent=3)
        reordered = one(spaced.encode().replace(b"INV-1", b"INV-\\u0031"))
        assert (
            reordered.content
            == one(an_event()).content
            == msgspec.json.encode({"data": BILL, "subject": None, "type": "invoice.issued"}, order="deterministic")
        )

    @pytest.mark.parametrize(
        "other", [an_event(BILL | {"amount": "1200.0"}), an_event(subject="x"), an_event(BILL | {"unknown": 1})]
    )
    def test_data_subject_and_type_count(self, other):
        assert one(other).content != one(an_event()).content

    def test_unknown_fields_are_kept(self):
        data = PAYMENT | {
            "sap": {"a": [1, None]},
            "a/b": 1,
            "allocations": [{"invoice": "I", "amount": "1", "sap": "x"}],
        }
        event = one(an_event(data, type="payment.received"))
        assert isinstance(event.command, ReceivePayment)
        assert event.extra == {"sap": {"a": [1, None]}, "a~1b": 1, "allocations/0/sap": "x"}

    def test_unknown_fields_of_contacts_and_tax_details_are_kept(self):
        customer = one(a_customer(contacts=[{"id": "a"}, {"id": "b", "wechat": "w"}]))
        assert customer.extra == {"contacts/1/wechat": "w"}
        data = {"invoice": "I", "tax_invoice": {"title": "t", "branch": "b"}}
        assert one(an_event(data, type="invoice.confirmed")).extra == {"tax_invoice/branch": "b"}

    def test_unknown_fields_have_a_limit(self):
        assert one(an_event(BILL | {"x": "y" * 65_000})).error is None
        assert refusal(an_event(BILL | {"x": "y" * 66_000})) == (422, "unknown_fields_too_large")

    def test_duplicate_keys_last_wins(self):
        raw = json.dumps(an_event()).replace('"id": "8f0c"', '"id": "first", "id": "last"').encode()
        assert one(raw).id == "last"

    def test_a_byte_order_mark_is_skipped(self):
        assert one(b"\xef\xbb\xbf" + json.dumps(an_event()).encode()).error is None

    def test_null_is_as_good_as_absent(self):
        event = one(an_event(subject=None, time=None, traceparent=None, data_base64=None))
        assert event.error is None and event.time is None and event.content == one(an_event()).content

    def test_huge_integers_are_kept_exactly(self):
        assert one(an_event(BILL | {"n": 2**80})).extra == {"n": 2**80}


BAD = [
    # the envelope
    ([], "wrong_type", ""),
    (an_event(specversion="0.3"), "specversion_unsupported", "/specversion"),
    (an_event(specversion=None), "field_missing", "/specversion"),
    (an_event(id=""), "too_short", "/id"),
    (an_event(id="x" * 257), "too_long", "/id"),
    (an_event(id=7), "wrong_type", "/id"),
    (an_event(id="a\nb"), "control_character", "/id"),
    (an_event(source=None), "field_missing", "/source"),
    (an_event(source="clock"), "source_reserved", "/source"),
    (an_event(source="key:1"), "source_reserved", "/source"),
    (an_event(subject=""), "too_short", "/subject"),
    (an_event(type="invoice.isued"), "unknown_type", "/type"),
    (an_event(data_base64="AA=="), "data_base64_unsupported", "/data_base64"),
    (an_event(data="text"), "wrong_type", "/data"),
    (an_event([BILL]), "wrong_type", "/data"),
    *(
        (an_event(time=time), "bad_time", "/time")
        for time in (
            "2026-01-05T10:00:00",
            "2026-01-05",
            "2026-02-30T10:00:00Z",
            "2026-01-05 10:00:00Z",
            "2026-01-05T10:00:00+0800",
            "0000-01-05T10:00:00Z",
            "0001-01-01T00:00:00Z",
            "10000-01-05T10:00:00Z",
            "9999-12-31T23:59:59-23:59",
            1767578400,
            "２０２６-01-05T10:00:00Z",
        )
    ),
    # the data
    (a_payment(amount=5), "amount_as_number", "/data/amount"),
    (a_payment(amount=5.0), "amount_as_number", "/data/amount"),
    (a_payment(amount=None), "wrong_type", "/data/amount"),
    (a_payment(amount=True), "wrong_type", "/data/amount"),
    (a_payment(amount="1" * 25), "too_long", "/data/amount"),
    (a_payment(allocations=[{"invoice": "I", "amount": 1.5}]), "amount_as_number", "/data/allocations/0/amount"),
    (a_payment(allocations=[{"invoice": "I"}]), "field_missing", "/data/allocations/0/amount"),
    (a_payment(allocations=[1]), "wrong_type", "/data/allocations/0"),
    (a_payment(allocations=[{"invoice": "I", "amount": "1"}] * 501), "too_many", "/data/allocations"),
    (a_payment(customer="x" * 65), "pattern", "/data/customer"),
    (a_payment(customer=""), "pattern", "/data/customer"),
    (a_payment(customer="C-1\n"), "control_character", "/data/customer"),
    (a_payment(currency="cny"), "pattern", "/data/currency"),
    (a_payment(method="barter"), "not_one_of", "/data/method"),
    (a_payment(received_on="2026-02-30"), "bad_date", "/data/received_on"),
    (a_payment(received_on="0000-01-01"), "bad_date", "/data/received_on"),
    (a_payment(received_on="10000-01-01"), "bad_date", "/data/received_on"),
    (a_payment(received_on=20260101), "wrong_type", "/data/received_on"),
    (a_customer(restrictions=["do_not_contact", "shy"]), "not_one_of", "/data/restrictions/1"),
    (a_customer(settles_by_pod="true"), "wrong_type", "/data/settles_by_pod"),
    (a_customer(credit_limit=10), "amount_as_number", "/data/credit_limit"),
    (a_customer(name="x" * 201), "too_long", "/data/name"),
    (an_event({}), "field_missing", "/data/invoice"),
    # characters
    (a_customer(name="a\x00b"), "text_invalid", "/data/name"),
    (a_customer(name="a\ud800b"), "text_invalid", "/data/name"),
    (a_customer(name="a\nb"), "control_character", "/data/name"),
    (a_customer(name="a\x07b"), "control_character", "/data/name"),
    (a_customer(name="a\x7fb"), "control_character", "/data/name"),
    (a_customer(name="a\x85b"), "control_character", "/data/name"),
    (a_customer(contacts=[{"id": "a", "name": "a\tb"}]), "control_character", "/data/contacts/0/name"),
    (an_event(BILL | {"unknown": {"x": ["\x00"]}}), "text_invalid", "/data/unknown/x/0"),
    (an_event(BILL | {"unknown": {"\ud800": 1}}), "text_invalid", "/data/unknown/\ufffd"),
    (an_event(extension="\x00"), "text_invalid", "/extension"),
]


class TestBadInput:
    @pytest.mark.parametrize(("value", "code", "pointer"), BAD)
    def test_each_has_its_code_and_pointer(self, value, code, pointer):
        assert refusal(value, STRUCTURED) == (422, code, pointer)

    @pytest.mark.parametrize(("value", "code", "pointer"), BAD)
    def test_the_others_of_the_batch_are_not_touched(self, value, code, pointer):
        first, bad, last = parse([an_event(), value, a_payment()], BATCH).events
        assert first.error is None and last.error is None
        assert bad.command is None and bad.error is not None and bad.error.code == code

    @pytest.mark.parametrize("sign", [chr(number) for number in (*range(1, 0x20), *range(0x7F, 0xA0))])
    def test_every_control_character_raw_or_escaped(self, sign):
        event = a_customer(name=f"a{sign}b")
        assert refusal(json.dumps(event).encode()) == (422, "control_character", "/data/name")
        raw = json.dumps(event, ensure_ascii=False).encode()
        assert refusal(raw) == (422, "control_character", "/data/name")

    @pytest.mark.parametrize("text", ["two\nlines", "tab\there", "windows\r\nlines", "escaped \\n and é 中"])
    def test_free_text_may_have_lines(self, text):
        event = an_event({"invoice": "I", "reason": text}, type="invoice.voided")
        assert one(event).error is None
        assert one(an_event(BILL | {"unknown": text})).extra == {"unknown": text}

    def test_the_nearest_types_are_told(self):
        error = one(an_event(type="invoice.isued")).error
        assert error is not None and error.params["nearest"][0] == "invoice.issued"
        error = one(an_event(type="?")).error
        assert error is not None and set(error.params["nearest"]) == set(FACTS)

    def test_what_a_choice_allows_is_told(self):
        error = one(a_customer(segment="vip")).error
        assert error is not None and error.params["options"] == ("preferred", "standard", "risk")

    def test_what_could_be_read_names_the_rejected_event(self):
        event = one(a_payment(amount=5))
        assert (event.id, event.source, event.type) == ("8f0c", "erp/sales", "payment.received")

    def test_too_deep(self):
        assert one(f'{json.dumps(an_event())[:-2]}, "x": {"[" * 30}{"]" * 30}}}}}'.encode()).error is None
        assert refusal(f'{json.dumps(an_event())[:-2]}, "x": {"[" * 31}{"]" * 31}}}}}'.encode()) == (400, "too_deep")
        events = parse(
            f'[{json.dumps(an_event())}, {DEEP}, {json.dumps(an_event())[:-1]}, "x": {DEEP}}}]'.encode()
        ).events
        assert [event.error and event.error.code for event in events] == [None, "wrong_type", "too_deep"]

    @pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b'[{"a":"\\ud800"},' + b"[" * 100_000])
    def test_far_too_deep(self, body):
        with pytest.raises(Problem) as caught:
            parse(body)
        assert (caught.value.status, caught.value.code) == (400, "too_deep")

    @pytest.mark.parametrize(
        ("body", "position"),
        [
            (b"", 0),
            (b"{", 1),
            (b'{"a": 1} x', 9),
            (b'{"a": \x01}', 6),
            (b'{"a":"\xff"}', 6),
            (b"\xed\xa0\x80", 0),
            (b"NaN", 0),
            ('{"é": "\\ud800", x}'.encode(), 17),
            (b'{"a": NaN, "b": "\\ud800"}', 0),
        ],
    )
    def test_malformed_json(self, body, position):
        with pytest.raises(Problem) as caught:
            parse(body)
        assert (caught.value.status, caught.value.code) == (400, "invalid_json")
        assert caught.value.params["position"] in (position, position + 1)

    @pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 5000])
    def test_endless_numbers_spoil_one_event_only(self, number):
        bad = f'{json.dumps(an_event())[:-2]}, "x": {number}}}}}'
        first, second = parse(f"[{json.dumps(an_event())}, {bad}]".encode()).events
        assert first.error is None
        assert second.error is not None and second.error.code == "number_out_of_range"

    def test_too_many_events(self):
        assert len(parse([an_event()] * MOST, BATCH).events) == MOST
        with pytest.raises(Problem) as caught:
            parse([an_event()] * (MOST + 1), BATCH)
        assert (caught.value.status, caught.value.code) == (413, "batch_too_large")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(), max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)
NAMES = st.sampled_from(
    ["specversion", "id", "source", "type", "time", "subject", "data", "data_base64", "traceparent"]
)
FIELDS = st.sampled_from(sorted({name for fact in FACTS.values() for name in fact.__struct_fields__}))
KINDS = st.sampled_from([STRUCTURED, BATCH, "application/json", "application/json;charset", "text/plain", "", ";="])


class TestAnything:
    @given(st.binary(max_size=200) | JSON.map(json.dumps).map(str.encode), KINDS, st.dictionaries(st.text(), st.text()))
    @settings(max_examples=150, deadline=None)
    def test_any_bytes(self, body, kind, headers):
        self._sound(kind, headers, body)

    @given(st.lists(st.dictionaries(NAMES, JSON), max_size=3), KINDS)
    @settings(max_examples=150, deadline=None)
    def test_any_envelope(self, changes, kind):
        self._sound(kind, {}, json.dumps([an_event(**change) for change in changes]).encode())

    @given(st.sampled_from(sorted(FACTS)), st.dictionaries(FIELDS, JSON, max_size=6), st.booleans())
    @settings(max_examples=200, deadline=None)
    def test_any_data(self, kind, data, escaped):
        known = {name: value for name, value in (BILL | PAYMENT).items() if name in FACTS[kind].__struct_fields__}
        text = json.dumps([an_event(known | data, type=kind)], ensure_ascii=escaped)
        self._sound(BATCH, {}, text.encode(errors="surrogatepass"))

    @given(st.dictionaries(st.sampled_from(["ce-id", "ce-type", "ce-source", "ce-time", "ce-x"]), st.text(max_size=9)))
    @settings(max_examples=100, deadline=None)
    def test_any_headers(self, headers):
        self._sound("application/json", headers, json.dumps(BILL).encode())

    @staticmethod
    def _sound(kind, headers, body):
        try:
            events = parse_body(kind, headers, body).events
        except Problem as problem:
            if 400 <= problem.status < 500:
                return
            raise
        for event in events:
            assert (event.command is None) == (event.error is not None)
            assert event.error is None or 400 <= event.error.status < 500
            if event.command is not None:
                msgspec.json.encode(event.extra)
                assert b"\\u0000" not in event.content.replace(b"\\\\", b"")


async def _collect(chunks):
    async def feed():
        for chunk in chunks:
            yield chunk

    return [batch async for batch in lines.batches(feed())]


def split(*chunks):
    return [line for batch in asyncio.run(_collect(chunks)) for line in batch]


class TestLines:
    @pytest.mark.parametrize(
        "chunks",
        [
            (b"a\nb\nc\n",),
            (b"a\r\nb\r\nc",),
            (b"a", b"\n", b"b\n", b"c"),
            (
                b"a\r",
                b"\nb\n\n  \n\r\nc\n",
            ),
        ],
    )
    def test_ends_and_blanks(self, chunks):
        assert [line.text for line in split(*chunks)] == [b"a", b"b", b"c"]

    def test_numbers_are_those_of_an_editor(self):
        assert [(line.number, line.text) for line in split(b"a\n\n\nb")] == [(1, b"a"), (4, b"b")]

    def test_nothing(self):
        assert split() == split(b"") == split(b"\n\n") == []

    def test_the_longest_line(self):
        text = b"x" * lines.LONGEST
        assert [line.text for line in split(text + b"\r\n" + text)] == [text, text]

    def test_a_line_too_long_is_that_lines_error(self):
        chunks = [b"a\n", *([b"x" * 1000] * 100), b"\nb\n", b"y" * (lines.LONGEST + 1)]
        assert [line.text for line in split(*chunks)] == [b"a", None, b"b", None]
        first, bad = parse_lines(split(json.dumps(an_event()).encode() + b"\n", b"x" * 70_000))
        assert first.error is None
        assert bad.error is not None and (bad.error.status, bad.error.code) == (413, "line_too_long")

    def test_batches_are_bounded_in_number_and_size(self):
        numbers = [len(batch) for batch in asyncio.run(_collect([b"x\n" * 2500]))]
        assert numbers == [1000, 1000, 500]
        sizes = [
            sum(len(line.text or b"") for line in batch)
            for batch in asyncio.run(_collect([b"y" * 60_000 + b"\n"] * 40))
        ]
        assert max(sizes) <= lines.LARGEST and sum(sizes) == 40 * 60_000

    def test_memory_stays_bounded_on_an_endless_line(self):
        splitter = lines._Splitter()
        for _ in range(1000):
            assert splitter.feed(b"x" * 10_000) == []
            assert len(splitter.rest) <= lines.LONGEST + 1
        assert [line.text for line in splitter.feed(b"\nok\n")] == [None, b"ok"]

    def test_the_unfinished_line_of_a_broken_stream_is_not_told(self):
        async def broken():
            yield b"a\nhalf"
            raise ConnectionError

        told = []

        async def read():
            async for batch in lines.batches(broken()):
                told.append(batch)

        with pytest.raises(ConnectionError):
            asyncio.run(read())
        assert told == []

    def test_bad_lines_do_not_spoil_the_others(self):
        good = json.dumps(an_event()).encode()
        events = parse_lines(split(good, b"\nnot json\n\xff\n[]\n", b"[" * 5000, b"\n", good), TRACE)
        assert [event.error and event.error.code for event in events] == [
            None,
            "invalid_json",
            "invalid_json",
            "wrong_type",
            "too_deep",
            None,
        ]
        assert events[0].traceparent == TRACE
        assert [event.index for event in events] == [1, 2, 3, 4, 5, 6]

    @given(st.lists(st.binary(max_size=40), max_size=10), st.integers(1, 7))
    @settings(max_examples=100, deadline=None)
    def test_cuts_do_not_matter(self, texts, size):
        whole = b"\n".join(texts)
        cut = [whole[at : at + size] for at in range(0, len(whole), size)]
        assert split(*cut) == split(whole)
        parse_lines(split(whole))


def test_update_customer_keeps_what_is_absent_apart_from_null():
    command = one(a_customer(collector=None)).command
    assert isinstance(command, UpdateCustomer)
    assert command.collector is None and command.sales is msgspec.UNSET
