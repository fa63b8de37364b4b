"""What letters and messages say in a company's own words: places alone, as a picture, versions, four eyes (C6)."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from pypdf import PdfReader

from service.api.models.templates import TemplateAnswer, TemplateList
from tests.api.tenants import Service, Tenant, fits, problem

REMINDER = "/v1/templates/en/reminder"
OVERDUE = "/v1/templates/en/message-overdue"
OWN = {
    "subject": "Please pay {sums}",
    "title": "OUR OWN REMINDER",
    "opening": "Dear {name},\nkindly settle {bills} of {customer} by {pay_by}.",
    "closing": "Yours truly: {answer_to}.",
}


@pytest.fixture
def ours(service: Service) -> Iterator[Tenant]:
    tenant = service.new_tenant()
    yield tenant
    tenant.close()


def put(tenant: Tenant, **changes: str):
    return tenant.as_("admin").put(REMINDER, json={**OWN, **changes})


def test_the_shipped_ones_are_there_until_a_company_has_its_own(ours):
    rows = fits(TemplateList, ours.get("/v1/templates"))["data"]
    assert {row["version"] for row in rows} == {0} and len({(row["language"], row["kind"]) for row in rows}) == len(rows) == 42
    shipped = fits(TemplateAnswer, ours.get(REMINDER))
    assert shipped["title"] == "REMINDER" and "{pay_by}" in shipped["opening"] and "answer_to" in shipped["places"]
    assert fits(TemplateAnswer, put(ours).json())["version"] == 1
    assert put(ours).json()["version"] == 1, "said again, it is no new version"
    assert put(ours, title="SECOND").json()["version"] == 2
    assert ours.get(REMINDER, version=1)["title"] == "OUR OWN REMINDER", "old versions stay"
    assert ours.get(REMINDER, version=0)["title"] == "REMINDER"
    back = ours.as_("admin").delete(REMINDER).json()
    assert (back["version"], back["title"]) == (0, "REMINDER")
    assert [(one["version"], one["is_shipped"]) for one in back["versions"]] == [(1, False), (2, False), (3, True)]
    assert problem(ours.as_("viewer").get(f"{REMINDER}?version=9")) == (404, "unknown_template")


def test_a_letter_is_made_with_the_companys_own_words_and_says_so(service):
    tenant = service.new_tenant()
    tenant.customer("C-1", language="en", playbook="pressure")
    assert put(tenant).status_code == 200
    tenant.bill("INV-1", "C-1", due_on="2026-03-02")
    tenant.walk("2026-03-12")
    letters = [one for one in tenant.get("/v1/messages", limit=200)["data"] if one["channel"] == "letter"]
    (letter,) = [one for one in letters if one["id"].startswith("reminder~")]
    assert letter["subject"].startswith("Please pay CNY") and "OUR OWN REMINDER" in letter["text"]
    document = tenant.as_("legal").get(f"/v1/letters/{letter['id']}").content
    read = "".join(page.extract_text() for page in PdfReader(BytesIO(document)).pages)
    assert "OUR OWN REMINDER" in read and "kindly settle 1 bill of" in read
    (told,) = tenant.get("/v1/events", type="letter.printed")["data"]
    assert (told["data"]["letter"], told["data"]["template_version"]) == (letter["id"], 1)
    tenant.close()


def test_a_place_that_there_is_not_is_told_with_its_line_and_column(ours):
    refused = put(ours, opening="As of {today}\nyou owe {amount}.", closing="Ask {answer_to}, {{ 7*7 }} or } us.")
    assert problem(refused) == (422, "template_invalid")
    told = [(one["pointer"], one["code"], one["line"], one["column"]) for one in refused.json()["errors"]]
    assert told[0] == ("/opening", "place_unknown", 2, 9) and "“amount”" in refused.json()["errors"][0]["detail"]
    assert {code for _, code, _, _ in told[1:]} == {"place_unknown", "brace_alone"}
    assert ours.get(REMINDER)["version"] == 0


def test_it_can_be_looked_at_before_it_is_published(ours):
    legal = ours.as_("admin")
    picture = legal.post(f"{REMINDER}/preview", json=OWN)
    assert picture.headers["content-type"] == "image/png" and picture.content.startswith(b"\x89PNG")
    other = legal.post(f"{REMINDER}/preview", json={**OWN, "title": "ANOTHER"})
    assert other.content != picture.content
    assert problem(legal.post(f"{REMINDER}/preview?page=9", json=OWN)) == (404, "page_unknown")
    assert problem(legal.post(f"{REMINDER}/preview", json={**OWN, "title": "Pay 😀"})) == (422, "unprintable")
    assert problem(put(ours, title="Pay 😀")) == (422, "unprintable"), "no letter of it could ever be made"
    assert problem(legal.post("/v1/templates/en/thunder/preview", json=OWN)) == (404, "unknown_template")
    assert ours.get(REMINDER)["version"] == 0, "nothing has changed"


def test_what_looks_like_code_is_text(ours):
    hostile = '#import "/etc/passwd": * {% for x in mail %} ${company} #read("x")'
    refused = put(ours, opening=hostile)
    assert {one["code"] for one in refused.json()["errors"]} == {"place_unknown"}
    assert put(ours, opening='#import "/etc/passwd": * #read("x") $x$ ${company}').status_code == 200


def test_I32_four_eyes_where_the_company_wants_them(ours):
    assert ours.as_("admin").patch("/v1/settings", json={"consents": {"template": "boss"}}).status_code == 200
    waits = put(ours)
    assert waits.status_code == 202 and waits.json()["kind"] == "template"
    assert ours.get(REMINDER)["version"] == 0
    id = waits.json()["id"]
    assert ours.as_("boss").post(f"/v1/approvals/{id}/grant", json={}).status_code == 200
    found = ours.get(REMINDER)
    assert (found["version"], found["title"]) == (1, "OUR OWN REMINDER")
    withdrawn = ours.as_("admin").delete(REMINDER)
    assert withdrawn.status_code == 202 and ours.get(REMINDER)["version"] == 1


def test_C6_a_message_of_the_day_is_sent_in_the_companys_own_words_of_its_customers_language(service):
    tenant = service.new_tenant()
    own = {**OWN, "opening": "{sums} of {customer} is late; pay by {pay_by}.\n\nThank you.", "ask": "Pay {bills}."}
    assert tenant.as_("admin").put(OVERDUE, json=own).json()["version"] == 1
    for customer, language in (("C-1", "en"), ("C-2", "zh")):
        tenant.customer(customer, language=language)
        tenant.bill(f"INV-{customer}", customer, due_on="2026-03-02")
    tenant.walk("2026-03-12")
    said = {id: tenant.get("/v1/messages", customer=id, limit=1)["data"][0] for id in ("C-1", "C-2")}
    assert said["C-1"]["subject"].startswith("Please pay CNY")
    assert "is late; pay by 19 March 2026.\n\nThank you." in said["C-1"]["text"] and "Yours truly: " in said["C-1"]["text"]
    assert said["C-2"]["subject"].startswith("逾期账款") and "late" not in said["C-2"]["text"], "wholly in one language"
    assert tenant.as_("admin").delete(OVERDUE).json()["version"] == 0
    tenant.walk("2026-03-20")
    last = tenant.get("/v1/messages", customer="C-1", limit=1)["data"][0]
    assert last["subject"].startswith("Payment overdue"), "the shipped words hold again"
    tenant.close()


def test_C6_a_messages_texts_have_places_of_their_own_and_are_never_blank(ours):
    shipped = fits(TemplateAnswer, ours.get(OVERDUE))
    assert shipped["ask"] and "pay_by" in shipped["places"] and not {"paid", "parts", "since"} & set(shipped["places"])
    assert "since" in ours.get("/v1/templates/zh/message-hold")["places"]
    admin = ours.as_("admin")
    refused = admin.put(OVERDUE, json={**OWN, "ask": "In {parts}"})
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [("/ask", "place_unknown")]
    for field in ("subject", "opening", "closing"):
        assert admin.put(OVERDUE, json={**OWN, field: " \u3000 "}).status_code == 422, field
    assert admin.put(OVERDUE, json={**OWN, "subject": "Pay 😀"}).status_code == 200, "a mail can show what no page can"
    refused = put(ours, ask="Pay.")
    assert [one["code"] for one in refused.json()["errors"]] == ["messages_alone"]


def test_C6_a_message_can_be_looked_at_as_a_picture_and_as_the_mail_it_becomes(ours):
    admin = ours.as_("admin")
    picture = admin.post(f"{OVERDUE}/preview", json=OWN)
    assert picture.headers["content-type"] == "image/png" and picture.content.startswith(b"\x89PNG")
    assert admin.post(f"{OVERDUE}/preview?leads=false", json=OWN).content != picture.content
    mail = admin.post(f"{OVERDUE}/preview?leads=false", json={**OWN, "ask": "Pay < {bills}."}, headers={"Accept": "text/html"})
    assert mail.headers["content-type"].startswith("text/html")
    assert "OUR OWN REMINDER" in mail.text and "Pay &lt; 2 bills." in mail.text and "Deliveries stopped" in mail.text
    assert ours.get(OVERDUE)["version"] == 0, "nothing has changed"
