"""Every button of every card, with its fields edited and others' ids in it: rights hold, nothing leaks."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
import structlog

from bot.channel.pace import ActorLimit
from bot.rehearsal.chat import Chat
from bot.rehearsal.reading import actions_of, fields_for
from bot.rehearsal.rooms import Post
from dialogs import verbs
from dialogs.cards import render
from dialogs.verbs import Dataset, Verb
from scheduling.domain.people import Person, Role
from scheduling.storage.tables import metadata
from tests.support.card_samples import SAMPLES
from tests.support.house import House

pytestmark = pytest.mark.e2e

NOTE, REASON = "canary of a note", "canary of a reason"
"""The bot's own secret, in tests/support/house.py, is a canary too."""
BY_THE_WAY = frozenset(
    {"conversation", "binding", "card", "card_copy", "notice", "timer", "outbox"}
)
"""What may change with any word of anybody: where they are, who they are, what they were told."""
ODD: tuple[object, ...] = (
    *(None, True, -1, 2**70, 1.5, "", "0", "' OR 1=1 --", "x" * 3000, "\u202e\ufeff", "*"),
    *([], ["A1001"], {"a": {"b": []}}, "team:", "9999-12-31", "00:00-24:00", "=1+1", "../../x"),
)
Row = tuple[object, ...]
TUESDAY = date(2026, 12, 1)
SEED = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """What a sample card sends: a verb, and its data with the inputs beside it."""

    verb: str
    data: Mapping[str, object]


def buttons() -> list[Button]:
    """Return one button of the sample cards for each verb with the same fields."""
    found = {("status", frozenset[str]()): Button(verb="status", data={})}
    for sample in SAMPLES.values():
        card = render(sample.view, sample.viewer, sample.refresh_for)
        for action in actions_of(card):
            if action["type"] == "Action.Execute":
                inputs = {name: f.get("value", "") for name, f in fields_for(card, action).items()}
                data = {**action.get("data", {}), **inputs}
                key = (str(action["verb"]), frozenset(data))
                found.setdefault(key, Button(verb=str(action["verb"]), data=data))
    return [found[key] for key in sorted(found, key=lambda each: (each[0], sorted(each[1])))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stolen:
    """Ids of others that an attacker has somehow learnt, each with the version it is at."""

    drafts: Mapping[str, int]
    work_items: Mapping[str, int]
    subjects: Sequence[str]
    people: Sequence[str]
    accounts: Sequence[str]

    def put_into(self, button: Button, rng: random.Random) -> dict[str, object]:
        """Return the button's data with stolen ids in the place of made-up ones."""
        data = dict(button.data)
        for name, versions in ((verbs.DRAFT, self.drafts), (verbs.WORK_ITEM, self.work_items)):
            if name in data:
                data[name], data[verbs.VERSION] = rng.choice(sorted(versions.items()))
        known = {
            verbs.SUBJECT: self.subjects,
            verbs.NOTE_ID: self.subjects,
            verbs.ATTENDEES: self.people,
            verbs.FACILITATOR: self.people,
            verbs.WHO: self.people,
            verbs.DEPUTY: self.people,
            verbs.ACCOUNT: self.accounts,
        }
        for name, ids in known.items():
            if name in data:
                data[name] = rng.choice(ids)
        if verbs.ROLES in data:
            data[verbs.ROLES] = "administrator,scheduler"
        return data


async def rows_of(house: House) -> dict[str, dict[Row, Row]]:
    """Return what every table of ours holds, by its primary key."""
    held: dict[str, dict[Row, Row]] = {}
    async with house.running.services.store.read() as tx:
        for name, table in metadata.tables.items():
            if name in BY_THE_WAY:
                continue
            keys = [column.name for column in table.primary_key]
            found = (await tx.execute(sa.select(table))).mappings()
            held[name] = {
                tuple(row[key] for key in keys): tuple(str(row[c.name]) for c in table.columns)
                for row in found
            }
    return held


async def lively(house: House) -> Chat:
    """Let there be something of every kind: booked, noted, asked for, in question, kept, set up.

    Returns the schedulers' channel.
    """
    alex, asha, yusuf = (house.chat(n) for n in ("Alex Wilber", "Asha Patel", "Yusuf Clarke"))
    hamza, owen = house.chat("Hamza Green"), house.chat("Owen Davies")
    thread = await house.channel("Hamza Green", "Yusuf Clarke")
    await house.book(alex, "1:1 with Asha next week")
    await alex.say(f"add a note to Asha's 1:1: {NOTE}")
    await asha.say("I would like a 1:1 with my manager")
    await house.until(alex, "would like a time with you")
    begin, _ = await house.shift("Farah Ahmed", TUESDAY)
    await yusuf.say(f"1:1 with Farah on {TUESDAY} {begin:%H:%M}-{begin:%H}:59, 20 min")
    await yusuf.tap("Ask a scheduler")
    await house.until(thread, "No time found")
    await thread.tap("Force it", reason=REASON)
    await house.until(thread, "a second scheduler must confirm")
    await hamza.say("recurring meetings")
    await hamza.tap("New recurring meeting")
    await hamza.tap("Keep it", name="Weekly", frequency="weekly", least_days="3")
    await owen.say("setup")
    await house.tap(owen, "Change it", changed="types/one_to_one")
    await house.tap(owen, "See what it would do", **{"set:types/one_to_one/minutes": "45"})
    return thread


async def stolen_from(house: House) -> Stolen:
    """Return every id that there is."""
    held = await rows_of(house)
    versions = {}
    async with house.running.services.store.read() as tx:
        for name in ("draft", "work_item"):
            table = metadata.tables[name]
            rows = (await tx.execute(sa.select(table.c.id, table.c.version))).all()
            versions[name] = {str(one): int(version) for one, version in rows}
    kinds = ("request", "session", "note", "petition", "template", "setup_change", "person")
    assert all(held[kind] for kind in kinds), [kind for kind in kinds if not held[kind]]
    assert versions["work_item"]
    return Stolen(
        drafts=versions["draft"],
        work_items=versions["work_item"],
        subjects=[str(key[0]) for kind in kinds for key in held[kind]],
        people=[person.id for person in house.known.values()],
        accounts=[house.user(name).object_id for name in ("Alex Wilber", "Owen Davies")],
    )


def attackers(house: House, role: Role) -> list[Person]:
    """Return those who have only ``role``, and nothing to do with Asha or Farah."""
    near = {house.person(name).team_id for name in ("Asha Patel", "Farah Ahmed")}
    return [
        person
        for _, person in sorted(house.known.items())
        if person.roles == {role} and person.address
        if person.team_id not in near and not person.leads & near
    ]


def edited(
    data: Mapping[str, object], rng: random.Random, times: int
) -> Iterator[dict[str, object]]:
    """Yield ``data`` as it is, and with each field odd or gone, ``times`` times."""
    yield dict(data)
    for name in data:
        for odd in rng.sample(ODD, times):
            changed = dict(data)
            if odd is None:
                del changed[name]
            else:
                changed[name] = odd
            yield changed


async def sent(
    house: House, chat: Chat, verb: str, data: Mapping[str, Any], post: Post | None = None
) -> tuple[int, str]:
    """Send a tap as a client might that was tampered with; return the status and what came back."""
    value = {"action": {"type": "Action.Execute", "verb": verb, "data": data}, "trigger": "manual"}
    delivered = await house.teams.deliver(chat._invoke("adaptiveCard/action", value, post))
    return delivered.status, json.dumps(delivered.body, ensure_ascii=False)


async def typed_in(house: House, chat: Chat, dataset: str, query: str) -> tuple[int, str]:
    """Type into a field that suggests; return the status and what was suggested."""
    value = {"queryText": query, "queryOptions": {"skip": 0, "top": 15}, "dataset": dataset}
    delivered = await house.teams.deliver(chat._invoke("application/search", value))
    return delivered.status, json.dumps(delivered.body, ensure_ascii=False)


def test_the_sample_cards_have_a_button_of_every_verb() -> None:
    assert {button.verb for button in buttons()} == set(Verb)


@pytest.mark.parametrize("who", ["stranger", "agent", "manager"])
async def test_no_edited_button_changes_or_tells_anything_of_others(house: House, who: str) -> None:
    house.running.edge._limit = ActorLimit(burst=10**9)
    await lively(house)
    stolen, rng = await stolen_from(house), random.Random(SEED)  # noqa: S311 - repeatable
    if who == "stranger":
        mine, user = frozenset[str](), house.teams.user("Mallory")
    else:
        person = attackers(house, Role(who))[0]
        user = house.user(person.name)
        mine = frozenset({person.id, user.object_id})
    chat = house.teams.personal(user)
    await chat.say("help")
    before, written = await rows_of(house), (house.changes(), len(house.meetings()))
    hidden = ["canary"] if who == "manager" else ["canary", "Asha", "Farah"]

    with structlog.testing.capture_logs() as logs:
        for button in buttons():
            for data in edited(stolen.put_into(button, rng), rng, times=1):
                status, said = await sent(house, chat, button.verb, data)
                assert status in {200, 400, 403}, (button.verb, data, status)
                told = [one for one in hidden if one in said]
                assert not told, (button.verb, data, told)
        for dataset in (*Dataset, "everything", ""):
            for typed in ("asha", "a", "%", "Farah Ahmed", "*" * 300):
                status, said = await typed_in(house, chat, dataset, typed)
                assert status in {200, 400, 403}, (dataset, typed, status)
                assert not [one for one in hidden if one in said], (dataset, typed)
    assert [entry for entry in logs if entry["event"] == "turn_failed"] == []
    assert (house.changes(), len(house.meetings())) == written
    after = await rows_of(house)
    assert others_rows(before, after, mine) == []
    assert "canary" not in str(logs)
    await house.chat("Alex Wilber").say("add a note to Asha's 1:1: one more")
    assert others_rows(after, await rows_of(house), mine), "a change by who may is seen"


async def test_no_edited_button_puts_what_is_ones_own_into_a_channel(house: House) -> None:
    house.running.edge._limit = ActorLimit(burst=10**9)
    channel = await lively(house)
    stolen, rng = await stolen_from(house), random.Random(SEED)  # noqa: S311 - repeatable
    post, kinds = channel.post, list({button.verb: button for button in buttons()}.values())
    shown, count = post.card, len(channel.room.posts)

    with structlog.testing.capture_logs() as logs:
        for n, role in enumerate((Role.MANAGER, Role.TRAINER, Role.SCHEDULER)):
            user = house.user(attackers(house, role)[0].name)
            own, among = house.teams.personal(user), channel.as_(user)
            await own.say("help")
            hidden = NOTE if role is Role.SCHEDULER else "canary"
            turn = [each for i, each in enumerate(kinds) if i % 3 == n]
            shared = [each for each in kinds if each.verb in verbs.OF_SHARED_CARDS]
            for button in (*turn, *shared):
                status, said = await sent(
                    house, among, button.verb, stolen.put_into(button, rng), post
                )
                assert status in {200, 400, 403}, (button, status)
                assert hidden not in said, button
                assert button in shared or "AdaptiveCard" not in said, button
            await wants_a_file(house, among, post)
            assert hidden not in str([each.card for each in own.posts])
            if role is not Role.SCHEDULER:
                assert (post.card, len(channel.room.posts)) == (shown, count)

    assert [entry for entry in logs if entry["event"] == "turn_failed"] == []
    assert post in channel.room.posts
    for one in channel.room.posts:
        asked = {action.get("verb") for action in actions_of(one.card or {})}
        assert asked <= verbs.OF_SHARED_CARDS | {None}
        assert NOTE not in json.dumps(one.card, ensure_ascii=False)


async def wants_a_file(house: House, chat: Chat, post: Post) -> None:
    """Answer an offer of a file that was never made there."""
    upload = dict.fromkeys(("uploadUrl", "contentUrl", "name", "uniqueId", "fileType"), "x")
    context = {verbs.WEEK: TUESDAY.isoformat()}
    value = {"action": "accept", "context": context, "uploadInfo": upload}
    await house.teams.deliver(chat._invoke("fileConsent/invoke", value, post))
    await house.running.edge.close()


def others_rows(
    before: Mapping[str, Mapping[Row, Row]],
    after: Mapping[str, Mapping[Row, Row]],
    mine: frozenset[str],
) -> list[tuple[str, Row]]:
    """Return the rows that were changed, taken away or made and are not the attacker's own."""
    found = []
    for table, rows in after.items():
        known = before[table]
        lost = [(table, row) for key, row in known.items() if rows.get(key) != row]
        made = [(table, row) for key, row in rows.items() if key not in known]
        found += [each for each in (*lost, *made) if not any(one in str(each[1]) for one in mine)]
    return found
