"""Rule C3: our own people are told in one mail a day: whom a notice means, along reporting lines, and whoever stands in."""

from datetime import date

import pytest

from service.domain.directory import Directory, User
from service.domain.events.case import Escalated
from service.domain.events.customer import NoticeRaised
from service.domain.notices import addressed, called
from service.words.notices import BillTold, Item, Told, compose_notices
from tests.examples import day
from tests.shaped import an_event

TODAY = day("2026-03-20")
PEOPLE = Directory(
    {
        one.id: one
        for one in (
            User(id="li", role="collector", reports_to="su"),
            User(id="wang", role="collector", reports_to="sun"),
            User(id="su", role="supervisor", reports_to="ma"),
            User(id="sun", role="supervisor", reports_to="ma"),
            User(id="ma", role="manager", reports_to="chen"),
            User(id="chen", role="boss"),
            User(id="fin", role="finance"),
            User(id="fan", role="finance", away_from=TODAY, away_until=TODAY, cover="fin"),
            User(id="lena", role="legal", away_from=TODAY, away_until=TODAY, cover="li"),
        )
    }
)


@pytest.mark.parametrize(
    ("roles", "users", "owners", "who"),
    [
        (["supervisor"], [], ["li"], {"su"}),
        (["supervisor"], [], ["li", "wang"], {"su", "sun"}),
        (["supervisor"], [], ["collector"], {"su", "sun"}),  # nobody in the directory owns it
        (["supervisor"], ["sun"], ["li"], {"sun"}),
        (["supervisor"], ["gone"], ["li"], {"su"}),
        (["manager", "finance"], [], ["li"], {"ma", "fin"}),
        (["general_manager"], [], ["li"], set()),
        (["legal"], [], ["li"], {"li"}),  # away, and li stands in
        (["boss"], [], [], {"chen"}),
        (["warehouse"], [], ["li"], set()),
    ],
)
def test_C3_a_notice_is_for_whoever_stands_nearest_above_else_for_all_of_the_role(roles, users, owners, who):
    assert addressed(roles, users, owners, PEOPLE, TODAY) == who


def test_C3_what_is_backfilled_is_told_in_the_digest_alone():
    escalated = an_event(Escalated)
    assert isinstance(escalated, Escalated)
    assert called(escalated) is None  # every field is filled in, so is backfill


def test_C3_the_very_people_are_passed_on():
    notice = NoticeRaised(rule="C9", audience=["supervisor"], users=["su"], text="x", customers=["C-1"], on=TODAY)
    assert called(notice) == (["supervisor"], ["su"])
    assert called(NoticeRaised(rule="C9", audience=[], text="x", customers=[], on=TODAY)) is None


BILL = BillTold(
    id="INV-1", open=120050, currency="CNY", days_overdue=35, level="manager", since=date(2026, 3, 9),
    reminded_on=date(2026, 3, 18), promises_broken=1,
)  # fmt: skip


def mail(language: str, bills: int = 1) -> tuple[str, str]:
    params: dict[str, object] = {"customer": ["Acme\nBcc: x"], "bills": ["INV-1"], "level": "manager"}
    item = Item(code="notices.escalated", params=params, bills=(BILL,) * bills)
    words = compose_notices(
        Told(language=language, today=TODAY, company="Dunlog", name="Ma Jun", items=(item,))  # type: ignore[arg-type]
    )
    return words.subject, words.text


def test_C3_a_mail_tells_what_happened_with_amounts_days_and_what_was_done():
    subject, text = mail("en")
    assert subject == "Receivables on 20 March 2026: one thing for you"
    assert "Acme Bcc: x: escalated to you (manager): INV-1." in text
    assert (
        "  - INV-1: CNY 1,200.50 open, 35 days overdue; manager since 9 March 2026; "
        "last reminded on 18 March 2026; one promise broken\n" in text
    )
    assert "http" not in text and "…" not in text


def test_C3_in_chinese_too_and_of_very_many_bills_some_are_counted():
    subject, text = mail("zh", 50)
    assert subject == "应收账款 2026年3月20日：1 项与您有关"
    assert text.count("INV-1：未付 CNY 1,200.50，逾期 35 天；自2026年3月9日起由") == 20 and "另有 30 笔" in text
