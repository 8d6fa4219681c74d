"""English words: tables of days and numbers, fillers, and words that ask for a session."""

from dialogs.grammar.tables import any_of, numbered

TABLES = {
    "weekday": numbered(
        {
            0: "monday|mon",
            1: "tuesday|tues|tue",
            2: "wednesday|weds|wed|wensday",
            3: "thursday|thurs|thur|thu",
            4: "friday|fri",
            5: "saturday|sat",
            6: "sunday|sun",
        }
    ),
    "month": numbered(
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
    "number": numbered(
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
            15: "fifteen",
            20: "twenty",
            25: "twenty five|twenty-five",
            30: "thirty",
            40: "forty",
            45: "forty five|forty-five",
            60: "sixty",
            90: "ninety",
        }
    ),
    "day": numbered(
        {
            -1: "yesterday",
            0: "today|tonight|eod|end of day|end of the day|close of business|cob",
            1: "tomorrow|tmrw",
            2: "the day after tomorrow|day after tomorrow",
        }
    ),
    "week": numbered(
        {
            -1: "last week",
            0: "this week|this wk|the rest of the week|rest of the week|the rest of this week"
            "|rest of this week|later this week",
            1: "next week|nextweek|next weeek|next wekk|nxt week|next wk|nxt wk|the following week",
            2: "the week after next|week after next",
        }
    ),
    "this_month": numbered(
        {
            -1: "last month",
            0: "this month|the month|the rest of the month|rest of the month|the rest of this month",
            1: "next month|nxt month",
        }
    ),
    "relative": numbered({-1: "last", 0: "this|this coming|coming", 1: "next|nxt"}),
    "unit": numbered({1: "day|days", 7: "week|weeks", 14: "fortnight", 30: "month|months"}),
    "third": numbered(
        {
            0: "early|early in|the beginning of|the start of|beginning of|start of",
            1: "mid|middle of|the middle of",
            2: "late|late in|the end of|end of",
        }
    ),
    "ordinal": numbered(
        {1: "first|1st", 2: "second|2nd", 3: "third|3rd", 4: "fourth|4th", -1: "last"}
    ),
    "fixed_length": numbered(
        {
            15: "a quarter of an hour|quarter of an hour|quarter hour",
            30: "half an hour|half hour|half-hour",
            45: "three quarters of an hour|three-quarters of an hour|3/4 hour|3/4 of an hour",
            60: "an hour",
            90: "an hour and a half|one and a half hours|hour and a half",
        }
    ),
    "length_unit": numbered({1: "minutes|minute|mins|min|m", 60: "hours|hour|hrs|hr|h"}),
    "clock_word": numbered({720: "noon|midday", 1440: "midnight"}),
    "clock_shift": numbered(
        {15: "quarter past|a quarter past", 30: "half past", -15: "quarter to|a quarter to"}
    ),
    "half": numbered({0: "am|a.m.|a.m", 720: "pm|p.m.|p.m"}),
    "part": numbered(
        {
            0: "morning|mornings|first thing",
            1: "afternoon|afternoons|aft",
            2: "evening|evenings",
            3: "lunchtime|lunch time|over lunch|at lunch",
        }
    ),
}

FILLER = any_of("""
a an the please pls plz thanks thank you can could would will you we us i i'd id i'm lets let's
me my our his her their them to on at in of it is are be do for so that this some any there's
need needs want wants wanna like have has having get give make new quick short long ones agents
agent people person both each his everyone's week possible asap soon soonest urgent urgently hi
hello hey aside bot just also sometime time's during over around from up per dates date
between another length long duration lasting starting its as well via
him one once mr mrs ms dr prof down free available got get some theirs pick date day there hello good quick please kindly ok okay
yes right well maybe perhaps back up team's slot's
""")

ASKING = any_of("""
schedule book plan arrange organise organize setup set find fix put meet meeting meetings session
sessions slot slots time times catchup catchups catch chat talk request review sit sitdown see speak
""")
