"""How orders are given and words taken back in English."""

from dialogs.grammar.language import OrderPhrases, Repairs
from dialogs.orders import OrderKind
from scheduling.domain.templates import Frequency

_SHOW = r"(?:show|list|give|send|tell|get|see|view|export|download|open|display)"
_MEETINGS = r"(?:meetings?|sessions?|appointments?|bookings?|trainings?|coachings?|commitments)"
_ONES = r"(?:1\s?[:-]\s?1|one[\s-](?:to|on)[\s-]one|121)'?s"
_AUTO = r"(?:auto(?:matic)?(?:ally)?[\s-]?(?:scheduling|booking)|scheduling\s+automatically)"
_BOSS = r"(?:line\s+)?(?:manager|boss|supervisor|team\s?(?:lead|leader|manager)|lead|leader)(?:'s)?"
_ITEM = r"(?:(?:work\s+)?items?|cases?|failures?|tickets?|decisions?)"
_THAT = (
    r"(?:that|it|this|(?:(?:the|my)\s+)?(?:last|latest|previous)?\s*(?:booking|one|request|change))"
)

_CADENCE = (
    rf"(?:{_SHOW}\s+(?:me\s+)?)?(?:(?:who|everyone\s+who|(?:which|what)\s+(?:of\s+)?(?:my\s+|the\s+)?"
    r"(?:people|agents|team(?:\s+members)?|reports))\s+"
    r"(?:has\s+not|hasn't|hasnt|has\s+no|have\s+not|haven't|havent|had\s+no|did\s+not|didn't|didnt"
    r"|is\s+(?:over)?due|are\s+(?:over)?due|needs?|is\s+missing|are\s+missing|still\s+needs?"
    r"|is\s+still\s+missing|has\s+gone|is\s+without)(?:\s+(?:yet\s+)?(?:had|have|having|met|seen|without))?"
    r"|who\s+(?:have|did)\s+i\s+not(?:\s+(?:met|meet|seen|see|talked\s+to|spoken\s+to))?"
    r"|who\s+(?:haven't|didn't)\s+i(?:\s+(?:met|meet|seen|see|talked\s+to|spoken\s+to))?"
    r"|whose\s+(?=.*?overdue)"
    rf"|(?:overdue|outstanding|missing)\s+(?={_ONES}|{_MEETINGS})|(?=(?:{_ONES}|{_MEETINGS})\s+overdue)"
    r"|no\s+(?=.*?\s+(?:in|for|since)\s+(?:the\s+)?(?:(?:last|past)\s+)?{count}\s+{unit}))"
)

_AGENDA = (
    rf"(?:(?:{_SHOW}|what's|what\s+is|what\s+are|when\s+are|when's|when\s+is|where\s+(?:is|are)|which)\s+"
    r"(?:(?:me|us|in|on|all|up|are|the|list|of)\s+)*)?(?:all\s+(?:of\s+)?)?my\s+"
    r"(?:(?:next|upcoming|own|booked|scheduled|planned|coming|weekly|team)\s+)*"
    rf"(?:{_MEETINGS}(?!\s+with\s)|{_ONES}(?!\s+with\s)|(?:whole\s+)?week|agenda|diary|calendar|day|schedule)"
    rf"(?:\s+as\s+(?:an?\s+)?(?:ics|calendar)(?:\s+file)?)?"
    r"|(?:when|where|what\s+time)(?:'s|\s+is|\s+are)\s+(?:my|the)(?:\s+(?:next|own))?(?=\s)"
    r"|what(?:'s|\s+is)\s+(?:coming\s+up|next|planned|booked|(?:on(?=\W*$|\s+(?:for|in|today|this|next|tomorrow|on))))"
    r"(?:\s+for\s+me)?"
    r"|what\s+(?:have\s+i|do\s+i\s+have|did\s+i)(?:\s+got)?(?:\s+(?:on|planned|booked|coming\s+up)"
    r"(?!\s+(?:mon|tues|wednes|thurs|fri|satur|sun)))?"
    rf"|(?:do\s+i\s+have|have\s+i\s+got|am\s+i\s+in)\s+(?:any(?:thing)?|a)\s*(?:{_MEETINGS})?"
    rf"|anything\s+(?:booked|planned|on)|agenda|diary|my\s+ics|\.?ics(?:\s+file)?|calendar(?:\s+file)?(?=\W*$)"
)

_STATUS = (
    r"(?:(?:show|give|tell)\s+(?:me\s+)?)?(?:the\s+)?status(?:es)?"
    r"(?!\s+(?:meetings?|talks?|calls?|reviews?|with|updates?\s+with|chats?))"
    r"(?:\s+(?:update|report))?(?:\s+(?:of|on|for))?"
    r"|what(?:'s|\s+is)\s+(?:under\s+way|underway|in\s+progress|happening|pending|going\s+on)"
    r"|(?:what(?:'s|\s+is)\s+(?:the\s+)?(?:status|state)|any\s+news|any\s+progress|any\s+update|news)"
    r"(?:\s+(?:of|on|about|with))?"
    r"|(?:where|how)\s+(?:is|are|far\s+(?:is|are))\s+(?:my|the)\s+(?:open\s+)?requests?|how\s+far\s+(?:is|are)"
    r"|(?:show\s+(?:me\s+)?|list\s+)?(?:all\s+)?(?:my\s+)?(?:open|pending|running|current)\s+requests?"
    r"|(?:show\s+(?:me\s+)?|list\s+)?my\s+requests?(?=\W*$)"
    r"|what\s+(?:happened|became)(?:\s+(?:to|of|with))?"
    r"|(?:is|are|was|has|have)(?=\s+.*?\s(?P<strike>(?:already\s+)?(?:been\s+)?"
    r"(?:booked|placed|scheduled|confirmed|been|through)(?:\s+(?:yet|already|now))?)(?:\W|$))"
)

_MOVE = (
    r"(?:move|reschedule|postpone|push(?:\s+back)?|shift|bring\s+forward|delay|put\s+off|re-?book"
    r"|rearrange)(?:\s+everything)?|change(?=.*?\sto\s)(?:\s+the\s+(?:time|date|day)\s+of)?"
    r"(?!\s+(?:it|that|this)\s+to)"
)

_CANCEL = (
    r"(?:cancel|call\s+off|scrap|drop|delete|remove|get\s+rid\s+of|unbook)(?:\s+(?:everything|all)(?:\s+of)?)?"
    r"|(?:i|we)\s+(?:don't|do\s+not|no\s+longer)\s+need(?!\s+to)(?=(?:.*?(?P<strike>(?<!\w)any\s?more(?!\w)))?)"
)

_UNDO = (
    rf"(?:undo|revert|roll\s+back|take\s+back)(?:\s+{_THAT})?"
    rf"|take\s+(?:that|it|this)\s+back"
)

_NOTE = (
    r"(?:add|write|make|leave|put|attach|save)\s+(?:a\s+|this\s+|the\s+|another\s+)?(?:short\s+)?notes?"
    r"(?:\s+(?:to|for|on|about|in))?|notes?\s+(?:to|for|on|about)|note(?=\s*:)"
)

_CANNOT = (
    r"(?:sorry,?\s+)?(?:but\s+)?(?:i\s+)?(?:can't|cant|cannot|can\s+not|won't|wont|will\s+not|couldn't)"
    r"(?!\s+(?:you|we))(?:\s+be\s+able\s+to)?"
    r"(?:\s+(?:make|do|come|attend|join|be\s+there|take\s+part)(?:\s+(?:it|to|that|this))?)?"
    r"|(?:i(?:'m|\s+am)\s+)?(?:unable|not\s+able)\s+to(?:\s+(?:make|do|come|attend|join))?(?:\s+(?:it|to))?"
    r"|i(?:'ve|\s+have)\s+to\s+(?:miss|skip)|i(?:'m|\s+am)\s+(?:not\s+available|unavailable|busy|away)"
    r"|(?:that|this|the)(?:\s+(?:time|day|date|one|session|meeting))?\s+(?:doesn't|does\s+not|won't)\s+"
    r"(?:work|suit)(?:\s+(?:for\s+)?me)?|decline"
)

_SWAP = (
    r"(?:swap|exchange|trade|switch)(?:\s+places)?(?=\W*$|\s)"
    r"|(?:can|could)\s+(?=.*?(?P<strike>(?<!\w)(?:swap|switch)(?!\w)))"
)

_EARLIER_OFF = (
    r"(?:no\s+longer|not|stop|no|never|don't\s+want|do\s+not\s+want)\s+(?:offer(?:ing|s)?\s+)?(?:me\s+)?"
    r"(?:any\s+)?earlier(?:\s+(?:slots?|times?|offers?|sessions?|if\s+quiet))?(?:\s+if\s+(?:it(?:'s|\s+is)\s+)?quiet)?"
    r"|(?:stop|no\s+more)\s+(?:offers|offering)(?:\s+me)?|opt(?:\s+me)?[\s-]out(?:\s+of\s+earlier)?"
)

_EARLIER_ON = (
    r"(?:i\s+can\s+(?:come|start|do\s+it)\s+|offer\s+me\s+(?:an?\s+)?|yes\s+to\s+)?earlier"
    r"(?:\s+(?:slots?|times?|sessions?|ones?))?\s+(?:if|when)(?:ever)?\s+(?:it(?:'s|\s+is)\s+)?quiet"
    r"|(?:offer\s+me|i(?:'d|\s+would)\s+like)\s+(?:an?\s+)?earlier(?:\s+(?:slots?|times?|sessions?))?"
    r"|earlier(?=\W*$)|opt(?:\s+me)?[\s-]in(?:\s+(?:to|for)\s+earlier)?"
    r"|(?:if|when)\s+(?:it(?:'s|\s+is)\s+)?quiet"
)

_QUEUE = (
    rf"(?:(?:{_SHOW}|what's\s+in|what\s+is\s+in|how\s+long\s+is|who\s+is\s+in|who's\s+in|open)\s+(?:me\s+)?)?"
    r"(?:the\s+|my\s+|our\s+)?(?:work\s+)?queue(?!\s+up)"
    rf"|(?:what|who)(?:'s|\s+is|\s+are)?\s+(?:overdue|late(?=\W*$))|overdue(?=\W*$)"
    r"|(?:what|who)(?:'s|\s+is|\s+are)?\s+(?:still\s+)?(?:waiting|next(?:\s+(?:in|on)\s+(?:the\s+)?(?:queue|line|list))?"
    r"|at\s+the\s+(?:front|top)|first\s+in\s+line|unassigned|open(?=\W*$)|left\s+to\s+decide)"
    rf"|{_SHOW}\s+(?:me\s+)?(?:the\s+)?(?:oldest|next|unassigned|open|undecided)(?:\s+{_ITEM})?"
    rf"|(?:(?:{_SHOW}|what\s+are)\s+(?:me\s+)?)?(?:all\s+)?(?:(?:my|open|unassigned|waiting|undecided|overdue|the)\s+)+{_ITEM}"
    r"|(?:work\s+items|escalations|backlog)"
)

_PAUSE = (
    rf"(?:pause|suspend|hold|halt)(?:\s+(?:all\s+)?{_AUTO})?"
    rf"|(?:stop|turn\s+off|switch\s+off|disable)\s+(?:all\s+)?{_AUTO}|(?:turn|switch)\s+{_AUTO}\s+off"
)
_RESUME = (
    rf"(?:resume|continue|restart|unpause)(?:\s+(?:all\s+)?{_AUTO})?"
    rf"|(?:start|turn\s+on|switch\s+on|enable)\s+(?:all\s+)?{_AUTO}|(?:turn|switch)\s+{_AUTO}\s+(?:back\s+)?on"
)
_RELEASE = (
    r"(?:release|free\s+up|give\s+back)(?!\s+notes)(?:\s+(?:the\s+)?(?:sessions?|meetings?|people|agents|some))?"
    r"|(?:what|which\s+sessions?|who)\s+(?:can|could)\s+(?:be\s+released|give\s+way|make\s+way|be\s+freed(?:\s+up)?)"
    r"|(?:we(?:'re|\s+are)\s+)?(?:short\s+staffed|swamped|understaffed|overrun)"
    r"|(?:volume|there(?:'s|\s+is)\s+a)\s+(?:spike|rush|peak)"
)
_DRY_RUN = (
    r"(?:do\s+a\s+|start\s+a\s+)?dry[\s-]?run|what\s+would\s+(?:have\s+)?happen(?:ed)?"
    r"|(?:preview|simulate|try\s+out)(?=\W*$|\s+(?:the\s+|a\s+|my\s+|this\s+)?(?:changes?|settings?|floors?|parameters?))"
)
_SETUP = (
    r"(?:set\s?-?up|settings?|configur(?:e|ation)|admin(?:istration)?|preferences|options)"
    r"(?=\W*$|\s+(?:the\s+|of\s+|for\s+|check|aside|meeting\s+types?|types?|rooms?|locations?|places?"
    r"|search|parameters?|mapping|auto|floors?|allowance|quiet|notice|retention|roles?|bindings?|people|page))"
    r"|(?:open|show|change|edit|manage)\s+(?:me\s+)?(?:the\s+|my\s+)?(?:set\s?-?up|settings?|configuration"
    r"|meeting\s+types|search\s+parameters|quiet\s+hours|retention|roles|floors)"
)
_ASK_MANAGER = (
    r"(?=(?:(?!(?<!\w)(?:about|regarding|concerning)(?!\w)).)*?"
    rf"(?P<strike>(?<!\w)(?:(?:with|to|from|see|meet|ask)\s+)?my\s+{_BOSS}(?!\w)))"
)

_REACH = (
    r"(?:who|whom)\s+(?:can|could|can't|cannot)\s+(?:not\s+)?(?:be\s+reached|you\s+(?:not\s+)?reach)"
    rf"|(?:{_SHOW}\s+(?:me\s+)?)?(?:the\s+)?reach(?:ability)?(?=\W*$|\s+of\s+(?:my|the))"
)

_TEMPLATES = (
    rf"(?:{_SHOW}\s+(?:me\s+)?)?(?:(?:the|my|our|all)\s+)*(?:recurring|repeating|regular)\s+"
    rf"(?:{_MEETINGS}|{_ONES})(?=\W*$)|(?:{_SHOW}\s+(?:me\s+)?)?(?:the\s+|my\s+)?templates?(?=\W*$)"
)
_RUN = (
    rf"(?:plan|run|schedule|start)\s+(?:(?:the|my|our|all)\s+)*(?:recurring|repeating|regular)\s+(?:{_MEETINGS}|{_ONES})"
    r"|(?:plan|run)\s+(?:the\s+)?templates?|run(?=\s+(?:for\s+|the\s+|all\s+(?:of\s+)?)*(?:{when})\W*$)"
)
_COURSES = (
    rf"(?:{_SHOW}\s+(?:me\s+)?)?(?:(?:the|my|our|all)\s+)*(?:courses|training\s+courses|kurse)(?=\W*$)"
    r"|roll[\s-]?out(?=\s)(?:\s+of)?|(?:schedule|plan|book|open|show|start)\s+(?:the\s+)?course(?=\s)"
    rf"|(?:schedule|plan)\s+(?!(?:an?|some|the|my|our|all)\s|{_MEETINGS}|{_ONES}|1:1|one[\s-](?:to|on))"
    rf"(?=(?:(?!{_MEETINGS}|{_ONES}|1:1|one[\s-](?:to|on)[\s-]one).)+?\sfor\s+every(?:one|body)\s)"
)

_NEW = (
    r"(?:an?\s+)?(?:(?:create|add|make|set\s+up|start|plan|new)\s+)(?:me\s+)?(?:an?\s+)?(?:new\s+)?"
)
_NEW_COURSE = rf"{_NEW}(?:training\s+)?course(?=\W*$)"
_NEW_TEMPLATE = (
    rf"{_NEW}(?:(?:recurring|repeating|regular)\s+(?:meeting|1:1|one[\s-](?:to|on)[\s-]one|session)|template)"
    r"(?=\W*$)"
)
_EVERY = r"(?:on\s+)?(?:every|each)"
_TIMES = r"(?:(?P<two>other|second|2nd)\s+|(?P<n>\d{1,2}|{number})\s+)?"
_FULL_DAY = r"(?P<w>monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_OF_MONTH = r"\s+(?:(?:of|in)\s+)?(?:the|each|every|a)\s+month"
RECURRING = (
    (
        Frequency.MONTHLY,
        rf"(?:on\s+)?(?:(?:the|every|each)\s+)?(?P<ordinal>{{ordinal}})\s+(?P<w>{{weekday}}){_OF_MONTH}",
    ),
    (Frequency.MONTHLY, rf"{_EVERY}\s+{_TIMES}months?"),
    (Frequency.MONTHLY, r"monthly|once\s+(?:a|per|every)\s+month"),
    (Frequency.MONTHLY, r"(?P<three>quarterly|every\s+quarter|once\s+(?:a|per)\s+quarter)"),
    (Frequency.WEEKLY, r"(?P<two>fortnightly|bi-?weekly|every\s+fortnight|once\s+a\s+fortnight)"),
    (Frequency.WEEKLY, rf"{_EVERY}\s+{_TIMES}weeks?"),
    (Frequency.WEEKLY, r"weekly|once\s+(?:a|per)\s+week"),
    (Frequency.WEEKLY, rf"{_EVERY}\s+(?:(?P<two>other|second|2nd)\s+)?(?P<w>{{weekday}})s?"),
    (Frequency.WEEKLY, rf"(?:(?:on|and)\s+)?{_FULL_DAY}s"),
    (Frequency.DAILY, r"daily|(?:every|each)\s+(?:(?:working|work|week)\s?)?day"),
)

_REGISTERS = (
    rf"(?:{_SHOW}\s+(?:me\s+)?)?(?:(?:the|my|our|all|open|missing|attendance)\s+)*registers?(?=\W*$)"
    r"|(?:take|close|fill\s+in|do)\s+(?:(?:the|my|our|open)\s+)*(?:attendance|registers?)(?=\W*$)"
    r"|who\s+(?:was\s+there|came|turned\s+up)(?=\W*$)"
)
_LATE = (
    r"(?:(?:i(?:'m|\s+am)|we(?:'re|\s+are))\s+)?running\s+(?:a\s+(?:bit|little|few\s+minutes)\s+)?late(?:\s+by)?"
    r"|i(?:'ll|'m|\s+will|\s+am)\s+(?:going\s+to\s+)?(?:be\s+)?(?=.*?(?P<strike>(?<!\w)late(?:\s+by)?(?!\w)))"
    r"|late(?=\s+(?:by\s+)?\d)"
)
_PARTICIPATION = (
    rf"(?:{_SHOW}\s+(?:me\s+)?)?(?:(?:the|my|our)\s+)*(?:completions?|attendance)(?:\s+(?:rates?|report))?"
    r"(?:\s+(?:of|for|in))?|who\s+(?:has\s+)?(?:completed|attended|finished)"
)

ORDERS = OrderPhrases(
    polite=r"please|pls|plz|can\s+(?:you|we|i)|could\s+(?:you|we|i)|would\s+you|will\s+you|i\s+(?:want|need)\s+to"
    r"|i(?:'d|\s+would)\s+like\s+to|we\s+(?:want|need|have)\s+to|i\s+have\s+to|hey|hi|hello|aside|ok|okay|just|now"
    r"|let's|lets|kindly|thanks|so|well",
    orders=(
        (OrderKind.NEW_COURSE, _NEW_COURSE),
        (OrderKind.NEW_TEMPLATE, _NEW_TEMPLATE),
        (OrderKind.COURSES, _COURSES),
        (OrderKind.REGISTERS, _REGISTERS),
        (OrderKind.LATE, _LATE),
        (OrderKind.PARTICIPATION, _PARTICIPATION),
        (OrderKind.RUN, _RUN),
        (OrderKind.TEMPLATES, _TEMPLATES),
        (OrderKind.CADENCE, _CADENCE),
        (OrderKind.EARLIER_OFF, _EARLIER_OFF),
        (OrderKind.EARLIER_ON, _EARLIER_ON),
        (OrderKind.QUEUE, _QUEUE),
        (OrderKind.REACH, _REACH),
        (OrderKind.SETUP, _DRY_RUN),
        (OrderKind.SETUP, _SETUP),
        (OrderKind.PAUSE, _PAUSE),
        (OrderKind.RESUME, _RESUME),
        (OrderKind.RELEASE, _RELEASE),
        (OrderKind.STATUS, _STATUS),
        (OrderKind.AGENDA, _AGENDA),
        (OrderKind.UNDO, _UNDO),
        (OrderKind.SWAP, _SWAP),
        (OrderKind.MOVE, _MOVE),
        (OrderKind.CANCEL, _CANCEL),
        (OrderKind.NOTE, _NOTE),
        (OrderKind.CANNOT, _CANNOT),
        (OrderKind.ASK_MANAGER, _ASK_MANAGER),
    ),
    period=r"(?:(?:in|for|within|since|over|during)\s+)?(?:(?:the|more|longer)\s+)*(?:than\s+)?(?:(?:last|past)\s+)?"
    r"(?P<n>{count})\s+(?P<unit>{unit})|(?:(?:in|for|over)\s+)?(?:the\s+)?(?:last|past)\s+(?P<unit_alone>{unit})",
    count=r"(?P<n>{count})\s+(?:of\s+(?:\d+|them)\s*)?(?:sessions?|meetings?|people|agents)|(?P<n2>\d{1,2})(?:\s+of\s+\d+)?",
    was=r"(?<!to\s)(?:(?:from|on)\s+)?(?P<a>{day_phrase})(?=\s+to\s)"
    r"|(?:(?:my|the|our)\s+)?(?P<a2>{day_phrase})'s(?!\w)"
    r"|(?:my|the|our)\s+(?P<a3>{day_phrase})(?=\s.*?\sto\s)",
    mine=rf"mine|my(?=\s+(?:\w+\s+)?{_ITEM})|assigned\s+to\s+me",
    overdue=r"(?:(?:that|which)\s+(?:is|are)\s+|only\s+)?(?:overdue|late)",
    unclaimed=r"(?:(?:that|which)\s+(?:is|are)\s+|only\s+)?(?:unassigned|unclaimed|nobody's)",
    next_one=r"(?:my|the|our)\s+(?:next|upcoming|coming)(?=\s)(?!\s+(?:{weekday}|weeks?|months?|{count}))",
    prose=r":(?=\s)|(?<!\d):(?!\d)|\s-\s|(?<!\w)(?:saying|that\s+says)(?!\w)",
)

REPAIRS = Repairs(
    opening=r"no(?!\s+(?:later|longer|more|earlier|one|1:1))|nope|nah|sorry|oops|wait|actually|rather|correction"
    r"|i\s+mean(?:t)?|i\s+said|make\s+(?:it|that|this)|change\s+(?:it|that|this)\s+to|better|instead|let's\s+say"
    r"|let's\s+make\s+(?:it|that)|should\s+be|it\s+should\s+be|i'd\s+rather|ok\s+but|but|not\s+that",
    loose=r"sorry|oops|wait|actually|ok\s+but|but|no|nope|nah|better|rather|instead",
    closing=r"instead|i\s+mean(?:t)?|rather",
    within=r"(?:\s*[,;.-]+\s*|\s+)(?:(?:no|nope|sorry|oops|wait)[\s,-]+)*(?:i\s+mean(?:t)?|make\s+(?:it|that)|or\s+rather"
    r"|rather|actually|correction|scratch\s+that)[\s,:-]+"
    r"|\s*[,;.-]+\s*(?:(?:no(?!\s+(?:later|longer|more|earlier))|nope|sorry(?!\s+(?:for|about|to))|oops|wait)[\s,-]+)+"
    r"(?=\w)",
    adding=r"also|and|plus|add|include",
    unless=r"(?:but\s+)?not(?:\s+on)?|instead\s+of|(?:except|but|other\s+than|apart\s+from)(?:\s+(?:for|on))?",
)
