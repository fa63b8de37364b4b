"""What letters say in a company's own words: places alone, looked at as a picture, versions that stay, four eyes (C6)."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from pypdf import PdfReader

from service.api.models.templates import TemplateAnswer, TemplateList
from tests.api.tenants import Service, Tenant, fits, problem

REMINDER = "/v1/templates/en/reminder"
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
    assert {row["version"] for row in rows} == {0} and len({(row["language"], row["kind"]) for row in rows}) == len(rows) == 24
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
