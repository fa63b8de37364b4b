"""I32: who asked never answers, nor anybody by their word; cover and delegation answer in place of the role that was asked,
the latter to the end of its last day; and a grant does nothing that has no object any more."""

import pytest
from msgspec.structs import replace

from service.domain import commands as c
from service.domain.directory import Delegation, Directory, User
from service.domain.refusals import Conflict, Forbidden
from tests.examples import by, day
from tests.world import World

BOSS = User(id="chen", role="boss")
AWAY = replace(BOSS, away_from=day("2026-03-02"), away_until=day("2026-03-06"), cover="zhao")
WORD = Delegation(id="d", by="chen", role="boss", to="zhao", until=day("2026-03-06"))


def asked(people: Directory, who: str = "manager", actor: str = "gao") -> World:
    """Somebody asks for a hold on Monday."""
    world = World("2026-03-02")
    world.people = people
    world.do(c.ApplyHold(customer="C-1", reason="rumours"), by(who, actor))
    return world


def answer(world: World, who: str, actor: str, kind: str = "hold"):
    request = world.customer.requests[kind]
    return world.do(c.GrantApproval(customer="C-1", approval=request.id), by(who, actor))[0].event


def refusal(world: World, who: str, actor: str) -> str:
    with pytest.raises(Forbidden) as refused:
        answer(world, who, actor)
    assert world.customer.hold is None
    return refused.value.code


def test_I32_the_role_answers_in_its_own_place():
    assert answer(asked(Directory({"chen": AWAY})), "boss", "chen").in_place_of is None


@pytest.mark.parametrize("people", [Directory({"chen": AWAY}), Directory({"chen": BOSS}, (WORD,))])
def test_I32_cover_and_delegate_answer_in_place_of_one_of_the_role(people):
    granted = answer(asked(people), "general_manager", "zhao")
    assert (granted.by, granted.in_place_of) == ("zhao", "chen")
    world = asked(people)
    rejected = c.RejectApproval(customer="C-1", approval=world.customer.requests["hold"].id, reason="not yet")
    assert world.do(rejected, by("general_manager", "zhao"))[0].event.in_place_of == "chen"


@pytest.mark.parametrize(
    "people",
    [
        Directory({"chen": BOSS}),
        Directory({"chen": replace(AWAY, away_until=day("2026-03-01"))}),
        Directory({"chen": replace(AWAY, role="manager")}),
        Directory({"chen": BOSS}, (replace(WORD, until=day("2026-03-01")),)),
        Directory({"chen": BOSS}, (replace(WORD, role="manager"),)),
        Directory({"chen": BOSS}, (replace(WORD, to="wang"),)),
        Directory({"chen": BOSS}, (replace(WORD, kinds=("letter", "release")),)),
    ],
)
def test_I32_without_standing_in_today_for_that_role_and_kind_nobody_else_answers(people):
    assert refusal(asked(people), "general_manager", "zhao") == "role_may_not_approve"


def test_I32_a_delegation_holds_to_the_end_of_its_last_day():
    world = asked(Directory({"chen": BOSS}, (replace(WORD, kinds=("hold",)),)))
    world.sleep("2026-03-06 23:59")
    assert answer(world, "general_manager", "zhao").in_place_of == "chen"
    late = asked(Directory({"chen": BOSS}, (WORD,)))
    late.sleep("2026-03-07 00:00")
    assert refusal(late, "general_manager", "zhao") == "role_may_not_approve"


def test_I32_who_asked_answers_in_nobodys_place():
    for people in (Directory({"chen": AWAY}), Directory({"chen": BOSS}, (WORD,)), Directory()):
        assert refusal(asked(people, "boss", "zhao"), "boss", "zhao") == "four_eyes"
    assert refusal(asked(Directory({"chen": AWAY}), "manager", "zhao"), "manager", "zhao") == "four_eyes"


@pytest.mark.parametrize("people", [Directory({"chen": AWAY}), Directory({"chen": BOSS}, (WORD,))])
def test_I32_nobody_answers_by_the_word_of_who_asked(people):
    assert refusal(asked(people, "boss", "chen"), "general_manager", "zhao") == "four_eyes"
    another = replace(WORD, id="e", by="ma")
    both = Directory(people.users, (*people.delegations, another))
    assert answer(asked(both, "boss", "chen"), "general_manager", "zhao").in_place_of == "ma"


def test_I32_what_stands_already_is_not_granted_again():
    world = asked(Directory())
    request = world.customer.requests["hold"]
    world.account.customer = replace(world.customer, hold=replace_hold(world))
    with pytest.raises(Conflict) as refused:
        answer(world, "boss", "chen")
    assert refused.value.code == "hold_stands"
    assert world.customer.requests["hold"] == request


def replace_hold(world: World):
    other = asked(Directory())
    answer(other, "boss", "chen")
    return other.customer.hold


def test_I32_a_release_without_a_hold_is_not_granted():
    world = asked(Directory())
    answer(world, "boss", "chen")
    world.do(c.ReleaseHold(customer="C-1", reason="paid"), by("manager", "gao"))
    world.account.customer = replace(world.customer, hold=None)
    with pytest.raises(Conflict) as refused:
        answer(world, "boss", "chen", "release")
    assert refused.value.code == "no_hold"


def test_I32_a_request_that_no_bill_stands_behind_is_not_granted():
    world = World("2026-03-02")
    world.owed("INV-1", due="2025-12-01")
    world.walk("2026-03-31")
    request = world.customer.requests["hold"]
    world.account.cases["INV-1"] = replace(world.case("INV-1"), requests={})
    with pytest.raises(Conflict) as refused:
        world.grant("hold")
    assert refused.value.code == "content_stale"
    assert world.customer.requests["hold"] == request
