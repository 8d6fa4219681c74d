import pytest, asyncio
from datetime import date, timedelta
from tests.support.house import House, read


async def test_channel(house):
    ch = await house.channel("Alex Wilber", "Hamza Green")
    await ch.say("1:1 with Asha next week")
    print(ch.texts, house.chat("Alex Wilber").posts)
    await house.chat("Alex Wilber").say("help")
    await ch.say("1:1 with Asha next week")
    print(ch.texts)
    print(read(house.chat("Alex Wilber").card)[:100])


async def test_expired(house):
    chat = house.chat("Alex Wilber")
    await chat.say("1:1 with Asha next week")
    house.clock.forward(hours=25)
    t = await chat.tap("Book")
    print(t.status, t.text, t.card and read(t.card))
    other = house.chat("Yusuf Clarke")
    await other.say("1:1 with Farah next week")
    book = [a for a in chat.post.card["actions"] if a["title"] == "Book"][0]
    t = await other.execute(book["verb"], book["data"])
    print(t.status, t.text, t.card and read(t.card))


async def test_hier(house):
    chat = house.chat("Yusuf Clarke")
    await chat.say("1:1 with Farah next week")
    book = [a for a in chat.post.card["actions"] if a["title"] == "Book"][0]
    t = await chat.execute("propose", book["data"] | {"attendees": "A1001"})
    print(t.status, t.text, t.card and read(t.card))
    print(
        await chat.suggest("attendees", "a") if "choices.data" in str(chat.card) else "no typeahead"
    )
    t = await chat.execute("propose", book["data"] | {"attendees": "A1012", "facilitator": "A1001"})
    print(t.status, t.text, t.card and read(t.card)[:300])


async def test_race(house):
    a = house.chat("Alex Wilber")
    s = house.chat("Isla D'Souza")
    await a.say("1:1 with Asha on 2 Dec 12:30-13:00, 30 min")
    print(read(a.card)[:200])
    house.clock.forward(minutes=11)
    await s.say("1:1 with Asha on 2 Dec 12:30-13:00, 30 min")
    print(read(s.card)[:200])
    x, y = await asyncio.gather(a.tap("Book"), s.tap("Book"))
    print(read(x.card)[:200])
    print(read(y.card)[:200])
    for c in (a, s):
        try:
            print(await house.until(c, "Undo (until", seconds=8))
        except AssertionError as e:
            print("LOSER", read(c.card)[:1500])
    print(house.changes())


async def test_demote(house):
    a = house.chat("Yusuf Clarke")
    await a.say("1:1 with Farah next week")
    p = house.world.folder / "people.csv"
    s = p.read_text()
    print([l for l in s.splitlines() if "Yusuf" in l])
    p.write_text("\n".join(l for l in s.splitlines() if "Yusuf" not in l) + "\n")
    await house.running.refresh_people()
    t = await a.tap("Book")
    print(read(t.card))


async def test_demote2(house):
    a = house.chat("Yusuf Clarke")
    await a.say("1:1 with Farah next week")
    p = house.world.folder / "people.csv"
    s = p.read_text()
    p.write_text(s.replace("team-2", "team-1"))
    await house.running.refresh_people()
    t = await a.tap("Book")
    print(read(t.card))
    await asyncio.sleep(2)
    print(house.nothing_written())
