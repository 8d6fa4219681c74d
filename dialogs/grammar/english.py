"""English phrases. Another language is another file like this one; the parser stays as it is."""

from dialogs.grammar.english_orders import ORDERS, RECURRING, REPAIRS
from dialogs.grammar.english_words import ASKING, FILLER, TABLES
from dialogs.grammar.language import Kind, Phrases, Reading, build
from dialogs.grammar.tables import any_of
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.people import Role

_FRAGMENTS = {
    "nth": r"\d{1,2}(?:st|nd|rd|th)?",
    "month_first": r"(?<!of\s)(?<!\d\s)(?<!\dst\s)(?<!\dnd\s)(?<!\drd\s)(?<!\dth\s)(?P<month>{month})",
    "year": r"(?:,?\s+(?P<y>20\d\d))?",
    "on_weekday": r"(?:(?P<w>{weekday}),?\s+)?",
    "count": r"(?:\d{1,3}|{number})",
    "clock": (
        r"(?:\d{1,2}(?:[:.]\d{2})?\s?{half}|{clock_shift}\s+(?:\d{1,2}|{number})(?:\s?{half})?"
        r"|\d{1,2}(?:[:.]\d{2})?(?:\s?o'clock)?|{clock_word})"
    ),
    "until": r"(?:by|until|till|no\s+later\s+than|up\s+to|on\s+or\s+before|not\s+later\s+than)",
    "any_week": r"(?:(?P<week>{week})|(?:in\s+)?week\s+(?P<n>\d{1,2}))",
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
    (
        Reading.LATER,
        r"(?P<n>{count})\s+(?P<unit>{unit})\s+(?:(?:from|on)\s+)?(?:(?P<day>{day})|(?P<w>{weekday}))",
    ),
    (
        Reading.LATER,
        (
            r"(?:(?P<day>{day})|(?P<w>{weekday}))(?:\s+in\s+(?P<n>{count}))?\s+(?P<unit>weeks?|fortnight)"
            r"(?!\s+\d)(?:'?s?\s+time)?"
        ),
    ),
    (Reading.DAY_OF_MONTH, r"{on_weekday}the\s+(?P<d>\d{1,2}(?:st|nd|rd|th))"),
    (Reading.NUMBERS, r"{on_weekday}(?P<a>\d{1,2})/(?P<b>\d{1,2})(?:/(?P<y>20\d\d|\d\d))?"),
    (Reading.NUMBERS, r"{on_weekday}(?P<a>\d{1,2})\.(?P<b>\d{1,2})\.(?P<y>20\d\d)"),
    (Reading.WEEKDAY_OF_WEEK, r"(?P<w>{weekday})(?:\s+(?:of|in))?\s+{any_week}"),
    (Reading.WEEKDAY_OF_WEEK, r"{any_week},?(?:\s+on)?\s+(?P<w>{weekday})"),
    (Reading.WEEKDAY, r"(?:(?P<relative>{relative})\s+)?(?P<w>{weekday})"),
    (Reading.RELATIVE_DAY, r"(?P<day>{day})"),
    (Reading.IN_DAYS, r"in\s+(?P<n>{count})\s+(?P<unit>{unit})'?(?:\s+time)?"),
)

_SPANS = (
    (
        Reading.WEEK_OF_MONTH,
        (
            r"(?:in\s+)?(?:the\s+)?(?P<ordinal>{ordinal})\s+(?:full\s+)?week\s+(?:of|in)\s+"
            r"(?:(?P<month>{month}){year}|(?P<this_month>{this_month}))"
        ),
    ),
    (
        Reading.HALF_MONTH,
        (
            r"(?:in\s+)?(?:the\s+)?(?P<ordinal>first|second|last)\s+half\s+of\s+"
            r"(?:(?P<month>{month}){year}|(?P<this_month>{this_month}))"
        ),
    ),
    (Reading.WEEK, r"(?:(?P<third>{third})\s+)?(?P<week>{week})"),
    (Reading.WEEK, r"(?P<third>{third})\s+(?:the\s+)?week"),
    (Reading.WEEKEND, r"(?:(?P<relative>{relative})|the)\s+weekend"),
    (
        Reading.CALENDAR_WEEKS,
        (
            r"(?:in\s+)?(?:weeks?|wks?|kw)\s?(?P<n>\d{1,2})(?:\s*(?:-|to|until)\s*|\s+(?P<either>and|or)\s+)"
            r"(?:(?:week|wk|kw)\s?)?(?P<n2>\d{1,2})"
        ),
    ),
    (
        Reading.CALENDAR_WEEK,
        (
            r"(?:in\s+)?(?:calendar\s+)?(?:week|wk|cw|kw)\s?(?:no\.?\s?)?(?P<n>\d{1,2})"
            r"(?:\s+of\s+(?P<y>20\d\d)|/(?P<y2>20\d\d))?"
        ),
    ),
    (Reading.MONTH, r"(?:(?P<third>{third})\s+)?(?P<this_month>{this_month})"),
    (
        Reading.MONTH,
        r"(?:in|during|(?:in\s+)?(?P<third>{third}))[\s-]+(?P<month>{month}){year}",
    ),
    (
        Reading.NEXT_DAYS,
        (
            r"(?:(?:in|over|within|during)\s+)?(?:the\s+)?(?:next|coming)\s+"
            r"(?:(?P<n>{count})\s+(?P<unit>{unit})|(?P<unit_alone>fortnight))"
        ),
    ),
    (Reading.NEXT_DAYS, r"within\s+(?P<n>{count})\s+(?P<unit>{unit})"),
    (
        Reading.MONTH,
        (
            r"(?:for\s+)?(?P<month>january|february|july|september|october|november|december)"
            r"(?!\s*\d{1,2}(?!\d)){year}"
        ),
    ),
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
    (
        Reading.UNTIL,
        (
            r"{until}\s+(?:(?:eod|cob|(?:the\s+)?end\s+of\s+(?:the\s+)?day|close\s+of\s+business)\s+"
            r"(?:on\s+)?)?(?P<a>{when})"
        ),
    ),
    (
        Reading.SINCE,
        r"(?:from|starting(?:\s+from)?|as\s+of|not\s+before)\s+(?P<a>{when})(?:\s+onwards?)?",
    ),
    (Reading.BEFORE, r"(?:any\s?time\s+)?before\s+(?P<a>{when})"),
    (Reading.AFTER, r"(?<!day\s)after\s+(?P<a>{when})"),
)

_NOT_A_TIME = r"(?<!in\s)"
_LENGTHS = (
    (
        Reading.FIXED_LENGTH,
        _NOT_A_TIME + r"(?:about\s+)?(?P<fixed_length>{fixed_length})(?:\s+long)?",
    ),
    (
        Reading.LENGTH,
        _NOT_A_TIME
        + r"(?P<n>\d{1,2}|{number}(?!\w))\s?(?P<length_unit>{length_unit})(?:\s+and)?\s*"
        r"(?P<more>\d{1,2})\s?(?:min(?:ute)?s?|m)",
    ),
    (Reading.LENGTH, r"(?P<n>\d)(?P<length_unit>h)(?P<more>\d{2})"),
    (
        Reading.LENGTH,
        _NOT_A_TIME
        + r"(?:about\s+)?(?P<n>\d{1,3}(?:[.,]\d{1,2})?|{number}(?!\w))[\s-]?(?P<length_unit>{length_unit})\.?"
        r"(?:\s+(?:long|each|apiece))?",
    ),
)

_HOURS = (
    (
        Reading.CLOCK_FROM_TO,
        r"(?:from\s+|between\s+)?(?P<a>{clock})\s*(?:-|to|until|till)\s*(?P<b>{clock})",
    ),
    (Reading.CLOCK_FROM_TO, r"between\s+(?P<a>{clock})\s+and\s+(?P<b>{clock})"),
    (Reading.CLOCK_AFTER, r"(?:after|from|not\s+before)\s+(?P<a>{clock})(?:\s+onwards?)?"),
    (
        Reading.CLOCK_UNTIL,
        r"(?:before|until|till|by|(?:no|not)\s+later\s+than)\s+(?P<a>{clock})",
    ),
    (Reading.CLOCK_AROUND, r"(?:at\s+)?(?:about|around|roughly|circa|approx\.?)\s+(?P<a>{clock})"),
    (Reading.CLOCK_AT, r"(?:at|@)\s*(?P<a>{clock})"),
    (
        Reading.CLOCK_AT,
        (
            r"(?P<a>\d{1,2}(?:[:.]\d{2})?\s?{half}|\d{1,2}:\d{2}|\d{1,2}\s?o'clock|noon|midday"
            r"|{clock_shift}\s+(?:\d{1,2}|{number})(?:\s?{half})?)"
        ),
    ),
    (Reading.PART_OF_DAY, r"(?:in\s+the\s+|the\s+)?(?P<part>{part})(?:\s+only)?"),
    (Reading.ANY_TIME, r"any\s?time(?:\s+of\s+day)?|all\s+day|whenever"),
)

ENGLISH = build(
    Phrases(
        code="en",
        tables=TABLES,
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
            r"|1-(?:2|to|on)-1(?:'?s)?|one[\s-]?(?:to|on|2)[\s-]?one(?:'?s)?|o2o(?:'?s)?|1\s?&\s?1(?:'?s)?",
            Kind.COACHING: r"coachings?(?:\s+sessions?)?|coach(?:ing)?\s+talks?|coach",
            Kind.TRAINING: r"trainings?(?:\s+(?:sessions?|courses?))?|courses?|workshops?",
            Kind.TEAM_MEETING: r"team[\s-]?(?:meetings?|huddles?|briefings?|talks?)|huddles?",
        },
        quorum=r"(?:with\s+)?(?:at\s+least|no\s+fewer\s+than|a\s+minimum\s+of|(?:a\s+)?quorum(?:\s+of)?)"
        r"\s+(?P<n>\d{1,3}|{number})(?:\s+(?:people|persons|agents|of\s+(?:us|them)|present|there))*",
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
        r"|minus|instead\s+of|leaving\s+out|leave\s+out|not",
        join_words=r"[,;&+]|(?<!\w)(?:and|plus)(?!\w)",
        topic=r"about|she|he|they|regarding|concerning|because|to\s+(?:discuss|talk|go|review|cover)|on\s+the\s+topic",
        filler=FILLER,
        placing=any_of("in at on from during around over between"),
        asking=ASKING,
        doubting=any_of(
            "no not never don't doesn't didn't won't without thanks thank did does was were is are isn't"
            " wasn't has have had been cancelled canceled skip skipped done already why how who when"
        ),
        commands=any_of(
            "cancel move reschedule undo delete remove swap change drop who when why what"
            " where how stop show list can't cant cannot unable sorry"
        ),
        orders=ORDERS,
        repairs=REPAIRS,
        recurring=RECURRING,
        contrast=frozenset({"but"}),
        possessives=("'s", "'"),
        telling=any_of(
            "with and except but excluding without about by between through within starting before"
            " after until till team people plus both week weeks day days every each from the queue undo swap"
            " resume pause release setup settings waiting meetings not"
            " earlier opt out unassigned items oldest booked recurring templates run reached"
        ),
        spelled=any_of(
            "coaching online meeting meetings minutes between before except excluding everyone"
            " everybody without remote session sessions cancel reschedule postpone status onwards"
            " weekend available huddle fortnight"
        ),
        weighty=any_of(
            "no never dont don't before after until till past since unless only avoid every daily or"
            " weekly monthly fortnightly recurring repeat repeating instead last either if twice"
            " biweekly other others half rest few several mondays tuesdays wednesdays thursdays"
            " fridays saturdays sundays hour hours eow christmas easter quarterly"
        ),
        help=frozenset(
            {"help", "help me", "hi", "hello", "hey", "what can you do", "how does this work"}
            | {"commands", "what do you do", "good morning", "how do i use this", "menu"}
            | {"thanks", "thank you", "cheers", "ok", "okay"}
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
            Role.MANAGER: (
                "my meetings",
                "who has not had a 1:1 in 30 days",
                "recurring meetings",
                "status",
            ),
            Role.TRAINER: ("my meetings", "my registers", "running late 10 min"),
            Role.LEARNING: ("courses", "completion", "my registers"),
            Role.SCHEDULER: ("queue", "recurring meetings", "courses", "status"),
            Role.AGENT: (
                "my sessions",
                "1:1 with my manager",
                "I can't make my next session",
                "earlier if quiet",
            ),
            Role.ADMINISTRATOR: ("setup",),
        },
    )
)
