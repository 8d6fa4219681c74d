"""English phrases. Another language is another file like this one; the parser stays as it is."""

from collections.abc import Mapping

from dialogs.grammar.language import Kind, Phrases, Reading, build
from dialogs.orders import OrderKind
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.people import Role


def _table(words: Mapping[int, str]) -> dict[str, int]:
    return {word: number for number, joined in words.items() for word in joined.split("|")}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TABLES = {
    "weekday": _table(
        {
            0: "monday|mon",
            1: "tuesday|tues|tue|tuseday",
            2: "wednesday|weds|wed|wensday|wednsday|wendesday",
            3: "thursday|thurs|thur|thu|thurday|thrusday|thirsday",
            4: "friday|fri",
            5: "saturday|sat",
            6: "sunday|sun",
        }
    ),
    "month": _table(
        {
            1: "january|jan",
            2: "february|feb",
            3: "march|mar",
            4: "april|apr",
            5: "may",
            6: "june|jun",
            7: "july|jul",
            8: "august|aug",
            9: "september|sept|sep",
            10: "october|oct",
            11: "november|nov",
            12: "december|dec",
        }
    ),
    "number": _table(
        {
            1: "a|an|one",
            2: "a couple of|couple of|two",
            3: "three",
            4: "four",
            5: "five",
            6: "six",
            7: "seven",
            8: "eight",
            9: "nine",
            10: "ten",
        }
    ),
    "day": _table(
        {
            -1: "yesterday",
            0: "today|tonight",
            1: "tomorrow|tmrw|tomorow|tommorow|tommorrow",
            2: "the day after tomorrow|day after tomorrow",
        }
    ),
    "week": _table(
        {
            -1: "last week",
            0: "this week|this wk",
            1: "next week|nextweek|next weeek|next wekk|nxt week|next wk|nxt wk|the following week",
            2: "the week after next|week after next",
        }
    ),
    "this_month": _table({-1: "last month", 0: "this month|the month", 1: "next month"}),
    "relative": _table({-1: "last", 0: "this|this coming|coming", 1: "next|nxt"}),
    "unit": _table({1: "day|days", 7: "week|weeks", 14: "fortnight", 30: "month|months"}),
    "third": _table(
        {
            0: "early|early in|the beginning of|the start of|beginning of|start of",
            1: "mid|middle of|the middle of",
            2: "late|late in|the end of|end of",
        }
    ),
    "fixed_length": _table(
        {
            15: "a quarter of an hour|quarter of an hour",
            30: "half an hour|half hour|half-hour",
            45: "three quarters of an hour",
            60: "an hour",
            90: "an hour and a half|one and a half hours|hour and a half",
        }
    ),
    "length_unit": _table({1: "minutes|minute|mins|min|m", 60: "hours|hour|hrs|hr|h"}),
    "clock_word": _table({720: "noon|midday", 1440: "midnight"}),
    "half": _table({0: "am|a.m.|a.m", 720: "pm|p.m.|p.m"}),
    "part": _table({0: "morning|mornings", 1: "afternoon|afternoons", 2: "evening|evenings"}),
}

_FRAGMENTS = {
    "nth": r"\d{1,2}(?:st|nd|rd|th)?",
    "month_first": r"(?<!of\s)(?<!\d\s)(?<!\dst\s)(?<!\dnd\s)(?<!\drd\s)(?<!\dth\s)(?P<month>{month})",
    "year": r"(?:,?\s+(?P<y>20\d\d))?",
    "on_weekday": r"(?:(?P<w>{weekday}),?\s+)?",
    "count": r"(?:\d{1,3}|{number})",
    "clock": r"(?:\d{1,2}(?:[:.]\d{2})?\s?{half}|\d{1,2}(?:[:.]\d{2})?(?:\s?o'clock)?|{clock_word})",
}

_DAYS = (
    (Reading.ISO, r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"),
    (
        Reading.DAY_MONTH,
        r"{on_weekday}(?:the\s+)?(?P<d>{nth})\s*(?:of\s+)?(?P<month>{month})\.?{year}",
    ),
    (
        Reading.DAY_MONTH,
        r"{on_weekday}(?P<month>{month})\.?\s+(?:the\s+)?(?P<d>{nth})(?![:.]\d){year}",
    ),
    (Reading.DAY_OF_MONTH, r"{on_weekday}the\s+(?P<d>\d{1,2}(?:st|nd|rd|th))"),
    (Reading.NUMBERS, r"(?P<a>\d{1,2})/(?P<b>\d{1,2})(?:/(?P<y>20\d\d|\d\d))?"),
    (Reading.NUMBERS, r"(?P<a>\d{1,2})\.(?P<b>\d{1,2})\.(?P<y>20\d\d)"),
    (Reading.WEEKDAY_OF_WEEK, r"(?P<w>{weekday})(?:\s+of)?\s+(?P<week>{week})"),
    (Reading.WEEKDAY_OF_WEEK, r"(?P<week>{week}),?(?:\s+on)?\s+(?P<w>{weekday})"),
    (Reading.WEEKDAY, r"(?:(?P<relative>{relative})\s+)?(?P<w>{weekday})"),
    (Reading.RELATIVE_DAY, r"(?P<day>{day})"),
    (Reading.IN_DAYS, r"in\s+(?P<n>{count})\s+(?P<unit>{unit})'?(?:\s+time)?"),
)

_SPANS = (
    (Reading.WEEK, r"(?:(?P<third>{third})\s+)?(?P<week>{week})"),
    (Reading.WEEKEND, r"(?:(?P<relative>{relative})|the)\s+weekend"),
    (Reading.CALENDAR_WEEK, r"week\s+(?P<n>\d{1,2})"),
    (Reading.MONTH, r"(?:(?P<third>{third})\s+)?(?P<this_month>{this_month})"),
    (
        Reading.MONTH,
        r"(?:in|during|(?:in\s+)?(?P<third>{third}))[\s-]+(?P<month>{month}){year}",
    ),
    (
        Reading.NEXT_DAYS,
        (
            r"(?:(?:in|over|within|during)\s+)?(?:the\s+)?(?:next|coming)\s+"
            r"(?:(?P<n>{count})\s+)?(?P<unit>{unit})"
        ),
    ),
    (Reading.NEXT_DAYS, r"within\s+(?P<n>{count})\s+(?P<unit>{unit})"),
)

_TO = r"\s*(?:-|to|until|till|through)\s*"
_RANGES = (
    (
        Reading.WEEK_OF,
        r"(?:w/c|wc|w/b|(?:the\s+)?week\s+(?:commencing|beginning|starting|of))\s+(?P<a>{day_phrase})",
    ),
    (
        Reading.WEEKDAYS_OF_WEEK,
        (
            rf"(?:from\s+)?(?P<w1>{{weekday}})(?:{_TO}|\s+(?P<either>and|or)\s+)(?P<w2>{{weekday}})"
            r"(?:\s+of)?\s+(?P<week>{week})"
        ),
    ),
    (
        Reading.WEEKDAYS_OF_WEEK,
        (
            rf"(?P<week>{{week}}),?\s+(?:(?:on|from)\s+)?(?P<w1>{{weekday}})"
            rf"(?:{_TO}|\s+(?P<either>and|or)\s+)(?P<w2>{{weekday}})"
        ),
    ),
    (
        Reading.DAYS_OF_MONTH,
        (
            rf"(?:from\s+)?(?:the\s+)?(?P<d1>{{nth}}){_TO}(?:the\s+)?(?P<d2>{{nth}})\s*(?:of\s+)?"
            r"(?P<month>{month}){year}"
        ),
    ),
    (
        Reading.DAYS_OF_MONTH,
        (
            r"between\s+(?:the\s+)?(?P<d1>{nth})\s+and\s+(?:the\s+)?(?P<d2>{nth})\s*(?:of\s+)?"
            r"(?P<month>{month}){year}"
        ),
    ),
    (
        Reading.DAYS_OF_MONTH,
        rf"(?:from\s+)?{{month_first}}\s+(?P<d1>{{nth}}){_TO}(?P<d2>{{nth}}){{year}}",
    ),
    (Reading.FROM_TO, rf"(?:from\s+)?(?P<a>{{day_phrase}}){_TO}(?P<b>{{day_phrase}})"),
    (Reading.FROM_TO, r"between\s+(?P<a>{day_phrase})\s+and\s+(?P<b>{day_phrase})"),
    (Reading.EITHER, r"(?P<a>{day_phrase})\s+(?:and|or)\s+(?:on\s+)?(?P<b>{day_phrase})"),
    (Reading.UNTIL, r"(?:by|until|till|no\s+later\s+than|up\s+to)\s+(?P<a>{when})"),
    (Reading.BEFORE, r"before\s+(?P<a>{when})"),
    (Reading.SINCE, r"(?:from|starting(?:\s+from)?|as\s+of)\s+(?P<a>{when})(?:\s+onwards?)?"),
    (Reading.AFTER, r"(?<!day\s)after\s+(?P<a>{when})"),
)

_LENGTHS = (
    (Reading.FIXED_LENGTH, r"(?:about\s+)?(?P<fixed_length>{fixed_length})(?:\s+long)?"),
    (
        Reading.LENGTH,
        (
            r"(?P<n>\d{1,2}|{number})\s?(?P<length_unit>{length_unit})(?:\s+and)?\s*"
            r"(?P<more>\d{1,2})\s?(?:min(?:ute)?s?|m)"
        ),
    ),
    (Reading.LENGTH, r"(?P<n>\d)(?P<length_unit>h)(?P<more>\d{2})"),
    (
        Reading.LENGTH,
        (
            r"(?:about\s+)?(?P<n>\d{1,3}(?:\.\d)?|{number})[\s-]?(?P<length_unit>{length_unit})"
            r"(?:\s+long)?"
        ),
    ),
)

_HOURS = (
    (
        Reading.CLOCK_FROM_TO,
        r"(?:from\s+|between\s+)?(?P<a>{clock})\s*(?:-|to|until|till)\s*(?P<b>{clock})",
    ),
    (Reading.CLOCK_FROM_TO, r"between\s+(?P<a>{clock})\s+and\s+(?P<b>{clock})"),
    (Reading.CLOCK_UNTIL, r"(?:before|until|till|by|no\s+later\s+than)\s+(?P<a>{clock})"),
    (
        Reading.CLOCK_AFTER,
        r"(?:after|from|not\s+before)\s+(?P<a>{clock})(?:\s+onwards?)?",
    ),
    (Reading.CLOCK_AT, r"(?:at|@)\s*(?P<a>{clock})"),
    (Reading.CLOCK_AT, r"(?P<a>\d{1,2}(?:[:.]\d{2})?\s?{half}|\d{1,2}:\d{2}|noon|midday)"),
    (Reading.PART_OF_DAY, r"(?:in\s+the\s+|the\s+)?(?P<part>{part})(?:\s+only)?"),
    (Reading.ANY_TIME, r"any\s?time|all\s+day|whenever"),
)

_FILLER = _words("""
a an the please pls plz thanks thank you can could would will you we us i i'd id i'm lets let's
me my our his her their them to on at in of it is are be do for so that this some any there's
need needs want wants wanna like have has having get give make new quick short long ones agents
agent people person both each his everyone's week possible asap soon soonest urgent urgently hi
hello hey aside bot just also sometime time's during over around from up per dates date
between another length long duration lasting starting its as well via
him free available
""")

_ASKING = _words("""
schedule book plan arrange organise organize setup set find fix put meet meeting meetings session
sessions slot slots time times catchup catchups catch chat talk request review sit sitdown see speak
""")

_ORDERS = (
    (
        OrderKind.CADENCE,
        r"who\s+(?:has\s+not|hasn't|has\s+no)\s+(?:had|have)?(?=.*?(?P<days>\d{1,3})\s+days)",
    ),
    (
        OrderKind.AGENDA,
        r"(?:show\s+)?(?:me\s+)?(?:all\s+)?my\s+(?:meetings|sessions|week|agenda|diary)",
    ),
    (OrderKind.STATUS, r"status|what\s+is\s+under\s+way"),
    (OrderKind.MOVE, r"move|reschedule|postpone"),
    (OrderKind.CANCEL, r"cancel|call\s+off"),
    (OrderKind.UNDO, r"undo"),
    (OrderKind.NOTE, r"(?:add\s+a\s+)?note(?:\s+to|\s+for)?(?=.*?(?P<prose>:))"),
    (OrderKind.CANNOT, r"(?:i\s+)?(?:can't|cant|cannot|can\s+not)(?:\s+(?:make|do|come))?"),
    (OrderKind.SWAP, r"swap"),
    (OrderKind.EARLIER_OFF, r"(?:no\s+longer|not|stop)\s+earlier(?:\s+if\s+quiet)?"),
    (OrderKind.EARLIER_ON, r"earlier(?:\s+if\s+quiet)?"),
    (OrderKind.QUEUE, r"(?:show\s+)?(?:the\s+)?queue|what\s+is\s+waiting"),
    (OrderKind.PAUSE, r"pause(?:\s+auto(?:matic)?[\s-]?scheduling)?"),
    (OrderKind.RESUME, r"resume(?:\s+auto(?:matic)?[\s-]?scheduling)?"),
    (OrderKind.RELEASE, r"release"),
    (OrderKind.SETUP, r"set\s?up|settings"),
)

ENGLISH = build(
    Phrases(
        code="en",
        tables=_TABLES,
        fragments=_FRAGMENTS,
        days=_DAYS,
        spans=_SPANS,
        ranges=_RANGES,
        lengths=_LENGTHS,
        hours=_HOURS,
        places={
            PlaceKind.ONLINE: r"on\s?line|(?:on|via|over|in)\s+teams|remote(?:ly)?|virtual(?:ly)?"
            r"|(?:by|on|via)\s+video(?:\s+call)?|video\s+call",
            PlaceKind.ROOM: r"in[\s-]person|face[\s-]to[\s-]face|f2f|(?:in\s+)?(?:a\s+|the\s+)?"
            r"(?:meeting\s+)?room|on[\s-]?site|(?:in|at)\s+the\s+office",
        },
        kinds={
            Kind.ONE_TO_ONE: r"1\s?[:\-/]\s?1(?:'?s)?|1\s?(?:to|on|2)\s?1(?:'?s)?|121(?:'?s)?"
            r"|1-(?:2|to|on)-1(?:'?s)?|one[\s-]?(?:to|on|2)[\s-]?one(?:'?s)?|o2o(?:'?s)?",
            Kind.COACHING: r"coaching(?:\s+sessions?)?|coach",
            Kind.TEAM_MEETING: r"team[\s-]?(?:meetings?|huddles?|briefings?|talks?)|huddles?",
        },
        own_team=r"(?:all\s+(?:of\s+)?)?(?:my|our|the)\s+(?:whole\s+|entire\s+|own\s+)?team",
        own_teams=r"(?:all\s+(?:of\s+)?)?(?:my|our)\s+"
        r"(?:teams|agents|people|(?:direct\s+)?reports|folks|guys|lot)",
        everyone=r"every(?:one|body)|all\s+(?:the\s+)?(?:agents|people)"
        r"|all(?=\s+(?:but|except|apart|bar|excluding)(?!\w))",
        team_word=frozenset({"team", "teams", "squad"}),
        me=frozenset({"me", "myself"}),
        with_word=r"with(?!\w)|w/",
        for_word="for",
        lead_words=r"(?:led|run|hosted|given|facilitated|held|taken)\s+by|by|facilitator|trainer",
        except_words=r"except(?:\s+for)?|excluding|without|apart\s+from|other\s+than|bar|but(?:\s+not)?"
        r"|minus|not",
        join_words=r"[,;&+]|(?<!\w)(?:and|plus)(?!\w)",
        topic=r"about|she|he|they|regarding|concerning|because|to\s+(?:discuss|talk|go|review|cover)|on\s+the\s+topic",
        filler=_FILLER,
        placing=_words("in at on from during around over between"),
        asking=_ASKING,
        commands=_words(
            "cancel move reschedule undo delete remove swap change drop status who when why what"
            " where how stop show list can't cant cannot unable sorry"
        ),
        orders=_ORDERS,
        weighty=_words(
            "no never dont don't before after until till past since unless only avoid every daily or weekly monthly fortnightly"
            " recurring repeat repeating instead last either if twice biweekly other others half rest"
        ),
        help=frozenset(
            {"help", "help me", "hi", "hello", "hey", "what can you do", "how does this work"}
            | {"commands", "what do you do", "good morning", "how do i use this", "menu"}
        ),
        start=frozenset({"start", "new", "new request", "form", "begin", "request"}),
        my_team="my team",
        examples=(
            "{type} with {first} next week",
            "{type} with {my_team} next week",
            "{other_type} for {first} on Thursday",
            "{type} with {first} tomorrow, 20 min",
            "{other_type} for {first} by Friday",
            "{type} with {first}",
        ),
        to_try={
            Role.MANAGER: ("my meetings", "who has not had a 1:1 in 30 days", "status"),
            Role.TRAINER: ("my meetings", "status"),
            Role.SCHEDULER: ("queue", "status"),
            Role.AGENT: ("my sessions", "I can't make my next session", "earlier if quiet"),
            Role.ADMINISTRATOR: ("setup",),
        },
    )
)
