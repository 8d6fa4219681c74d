"""German phrases, for the same parser as English. Umlauts stand for both of their spellings."""

from dialogs.grammar.german_orders import ORDERS, RECURRING, REPAIRS
from dialogs.grammar.german_words import ASKING, FILLER, TABLES
from dialogs.grammar.language import Kind, Phrases, Reading, build
from dialogs.grammar.tables import any_of
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.people import Role

_PARTS = "vormittags?|nachmittags?|morgen|mittags?|abends?|früh"
_DATED = r"(?:(?:am|den|dem|der|zum|vom)\s+)?"
_FRAGMENTS = {
    "nth": r"\d{1,2}\.?",
    "year": r"(?:\s+(?P<y>20\d\d))?",
    "on_weekday": r"(?:(?:am\s+)?(?P<w>{weekday})\.?,?\s+)?" + _DATED,
    "count": r"(?:\d{1,3}|{number})",
    "numeric": r"(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])(?:\.(?:20\d\d|\d\d(?!\d))?|(?!\d))",
    "clock": (
        r"(?:\d{1,2}(?:[:.]\d{2})?\s?{half}"
        r"|\d{1,2}(?:[:.]\d{2}\s?(?:uhr|h)?|\s?uhr\s?\d{2}|\s?uhr|\s?h\d{2}|\s?h|)"
        r"|{clock_shift}\s+(?:\d{1,2}|{number})(?:\s?uhr)?|{clock_word})"
    ),
    "until": r"(?:(?:spätestens\s+)?bis(?:\s+(?:spätestens|einschließlich|zum|zur|inklusive|inkl\.?))*|spätestens)",
    "any_week": r"(?:(?:in\s+(?:der\s+)?)?(?P<week>{week})|(?:in\s+(?:der\s+)?)?kw\s?(?P<n>\d{1,2})"
    r"|(?:in\s+der\s+)?(?P<n2>\d{1,2})\.\s?kw)",
    "dash": r"\s*(?:-|bis(?:\s+zum)?)\s*",
}

_DAYS = (
    (Reading.ISO, r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"),
    (Reading.DAY_MONTH, r"{on_weekday}(?P<d>{nth})\s*(?P<month>{month})\.?{year}"),
    (
        Reading.NUMBERS,
        (
            r"{on_weekday}(?P<a>0?[1-9]|[12]\d|3[01])\.(?P<b>0?[1-9]|1[0-2])"
            r"(?:\.(?P<y>20\d\d|\d\d)?)?(?!\d|\s?(?:uhr|h)(?!\w))"
        ),
    ),
    (Reading.NUMBERS, r"{on_weekday}(?P<a>\d{1,2})/(?P<b>\d{1,2})(?:/(?P<y>20\d\d|\d\d))?"),
    (
        Reading.LATER,
        (
            r"(?:(?P<day>heute|morgen|übermorgen)|(?:(?:am|diesen|kommenden)\s+)?(?P<w>{weekday}))\s+"
            r"in\s+(?P<n>{count})\s+(?P<unit>{unit})"
        ),
    ),
    (
        Reading.DAY_OF_MONTH,
        (
            r"(?:(?:am\s+)?(?P<w>{weekday})\.?,?\s+(?:(?:den|dem|der)\s+)?|(?:am|den|dem|zum)\s+)"
            r"(?P<d>\d{1,2}\.)(?!\s?(?:kw|kalenderwoche))"
        ),
    ),
    (
        Reading.WEEKDAY_OF_WEEK,
        r"(?:am\s+)?(?P<w>{weekday})\.?,?\s+(?:(?:in\s+)?(?:der\s+)?){any_week}",
    ),
    (Reading.WEEKDAY_OF_WEEK, r"{any_week},?\s+(?:am\s+)?(?P<w>{weekday})"),
    (
        Reading.WEEKDAY,
        r"(?:(?:am|an\s+diesem)\s+)?(?:(?P<relative>{relative})\s+)?(?P<w>{weekday})",
    ),
    (
        Reading.RELATIVE_DAY,
        r"(?P<day>{day})",
    ),
    (Reading.IN_DAYS, r"in\s+(?P<n>{count})\s+(?P<unit>{unit})"),
)

_SPANS = (
    (
        Reading.WEEK_OF_MONTH,
        (
            r"(?:in\s+)?(?:der\s+|die\s+)?(?P<ordinal>{ordinal})\s+(?:vollen?\s+)?woche\s+(?:(?:im|des|vom)\s+)?"
            r"(?:(?P<month>{month})s?{year}|(?P<this_month>{this_month}|monat(?!\w)))"
        ),
    ),
    (
        Reading.WEEK_OF_MONTH,
        r"(?:in\s+)?(?:der\s+|die\s+)?(?P<ordinal>{ordinal})\s+(?P<month>{month})woche{year}",
    ),
    (
        Reading.HALF_MONTH,
        (
            r"(?:in\s+)?(?:der\s+|die\s+)?(?P<ordinal>erste|ersten|zweite|zweiten)\s+(?:monats)?hälfte\s+"
            r"(?:(?:des|im|vom)\s+)?(?:(?P<month>{month})s?{year}|(?P<this_month>{this_month}))"
        ),
    ),
    (Reading.WEEK, r"(?:in\s+(?:der\s+)?)?(?:(?P<third>{third})\s+(?:der\s+)?)?(?P<week>{week})"),
    (Reading.WEEK, r"(?P<third>{third})\s+der\s+woche"),
    (Reading.WEEKEND, r"(?:(?:am\s+)?(?P<relative>{relative})|am)\s+wochenende"),
    (
        Reading.CALENDAR_WEEKS,
        (
            r"(?:in\s+(?:den\s+)?)?(?:kw|kalenderwochen?|wochen?)\s?(?P<n>\d{1,2})"
            r"(?:\s*(?:-|bis)\s*|\s+(?P<either>und|oder)\s+)(?:kw\s?)?(?P<n2>\d{1,2})"
        ),
    ),
    (
        Reading.CALENDAR_WEEK,
        (
            r"(?:(?P<third>{third})\s+)?(?:in\s+)?(?:der\s+)?(?:kw|kalenderwoche|woche)\s?(?:nr\.?\s?)?"
            r"(?P<n>\d{1,2})(?:[/\s](?P<y>20\d\d))?"
        ),
    ),
    (Reading.CALENDAR_WEEK, r"(?:in\s+)?(?:der\s+)?(?P<n>\d{1,2})\.?\s?(?:kw|kalenderwoche)"),
    (Reading.MONTH, r"(?:im\s+|(?P<third>{third})\s+)?(?P<this_month>{this_month})"),
    (
        Reading.MONTH,
        r"(?:im|(?:im\s+monat)|während\s+des|(?P<third>{third})(?:\s+des)?)\s+(?P<month>{month})s?{year}",
    ),
    (
        Reading.NEXT_DAYS,
        (
            r"(?:(?:in|innerhalb|während)\s+)?(?:der\s+|den\s+|die\s+)?(?:nächsten|kommenden)\s+"
            r"(?P<n>{count})\s+(?P<unit>{unit})"
        ),
    ),
    (
        Reading.NEXT_DAYS,
        r"(?:innerhalb|binnen)(?:\s+(?:von|der|eines))?\s+(?P<n>{count})?\s*(?P<unit>{unit})",
    ),
    (
        Reading.MONTH,
        (
            r"(?:für\s+)?(?:den\s+)?"
            r"(?P<month>januar|februar|märz|juni|september|oktober|november|dezember){year}"
        ),
    ),
)

_RANGES = (
    (
        Reading.WEEK_OF,
        r"(?:in\s+)?(?:der\s+|die\s+)?woche\s+(?:vom|ab|des|beginnend|um\s+den)\s+(?P<a>{day_phrase})",
    ),
    (
        Reading.WEEKDAYS_OF_WEEK,
        (
            r"(?:von\s+)?(?P<w1>{weekday})\.?(?:{dash}|\s+(?P<either>und|oder)\s+)(?P<w2>{weekday})\.?,?\s+"
            r"{any_week}"
        ),
    ),
    (
        Reading.WEEKDAYS_OF_WEEK,
        (
            r"{any_week},?\s+(?:(?:am|von)\s+)?(?P<w1>{weekday})\.?"
            r"(?:{dash}|\s+(?P<either>und|oder)\s+)(?P<w2>{weekday})"
        ),
    ),
    (
        Reading.DAYS_OF_MONTH,
        (
            r"(?:(?:vom|von|ab|zwischen)\s+)?(?:dem\s+)?(?P<d1>{nth})(?:{dash}|\s+und\s+)(?:dem\s+)?"
            r"(?P<d2>\d{1,2})\.?\s*(?P<month>{month}){year}"
        ),
    ),
    (
        Reading.DAYS_OF_MONTH,
        (
            r"(?:(?:vom|von|ab|zwischen)\s+)?(?:dem\s+)?(?P<d1>\d{1,2}\.)(?:{dash}|\s+und\s+)(?:dem\s+)?"
            r"(?P<d2>\d{1,2})\.(?P<m>0?[1-9]|1[0-2])(?:\.(?P<y>20\d\d|\d\d)?)?"
        ),
    ),
    (Reading.FROM_TO, r"(?:(?:von|vom|ab)\s+)?(?P<a>{day_phrase}){dash}(?P<b>{day_phrase})"),
    (
        Reading.FROM_TO,
        r"zwischen\s+(?:dem\s+)?(?P<a>{day_phrase})\s+und\s+(?:dem\s+)?(?P<b>{day_phrase})",
    ),
    (Reading.EITHER, r"(?P<a>{day_phrase})\s+(?:und|oder)\s+(?P<b>{day_phrase})"),
    (Reading.UNTIL, r"{until}\s+(?P<a>{when})"),
    (Reading.SINCE, r"(?:ab|beginnend|frühestens|nicht\s+vor)\s+(?:dem\s+)?(?P<a>{when})"),
    (Reading.BEFORE, r"(?:vor\s+dem|vor)\s+(?P<a>{when})"),
    (Reading.AFTER, r"nach\s+(?:dem\s+)?(?P<a>{when})"),
)

_NOT_A_TIME = r"(?<!in\s)(?<!um\s)(?<!ab\s)(?<!bis\s)(?<!vor\s)(?<!nach\s)(?<!gegen\s)(?<!von\s)"
_LENGTHS = (
    (
        Reading.FIXED_LENGTH,
        r"(?<!in\s)(?:(?:ca\.?|etwa|ungefähr|für)\s+)?(?P<fixed_length>{fixed_length})(?:\s+lang)?",
    ),
    (
        Reading.LENGTH,
        _NOT_A_TIME
        + r"(?P<n>\d{1,2}|{number}(?!\w))\s?(?P<length_unit>{length_unit})\.?(?:\s+und)?\s*"
        r"(?P<more>\d{1,2})\s?min(?:uten)?",
    ),
    (Reading.LENGTH, r"(?P<n>\d)(?P<length_unit>h)(?P<more>\d{2})"),
    (
        Reading.LENGTH,
        _NOT_A_TIME
        + r"(?:(?:ca\.?|etwa|ungefähr|je|a)\s+)?(?P<n>\d{1,3}(?:[.,]\d{1,2})?|{number}(?!\w))[\s-]?"
        r"(?P<length_unit>{length_unit})\.?(?:\s+lang)?",
    ),
)

_HOURS = (
    (
        Reading.CLOCK_FROM_TO,
        r"(?:(?:von|ab|zwischen)\s+)?(?P<a>{clock})\s*(?:-|bis)\s*(?P<b>{clock})",
    ),
    (Reading.CLOCK_FROM_TO, r"zwischen\s+(?P<a>{clock})\s+und\s+(?P<b>{clock})"),
    (
        Reading.CLOCK_AT,
        r"(?<!nach\s)(?<!vor\s)(?<!ab\s)(?<!bis\s)(?:um\s+)?(?P<a>{clock_shift}\s+(?:\d{1,2}|{number})(?:\s?uhr)?)",
    ),
    (Reading.CLOCK_AFTER, r"(?:nach|ab|frühestens(?:\s+um)?|nicht\s+vor)\s+(?P<a>{clock})"),
    (Reading.CLOCK_UNTIL, r"(?:vor|{until})\s+(?P<a>{clock})"),
    (
        Reading.CLOCK_AROUND,
        (
            r"(?:gegen|so\s+gegen|so\s+um|etwa\s+um|ungefähr\s+um|ca\.?(?:\s+um)?|um\s+(?:etwa|ca\.?|ungefähr))\s+"
            r"(?P<a>{clock})"
        ),
    ),
    (Reading.CLOCK_AT, r"(?:um|@)\s*(?P<a>{clock})"),
    (
        Reading.CLOCK_AT,
        (
            r"(?P<a>\d{1,2}(?:[:.]\d{2})?\s?{half}|\d{1,2}:\d{2}(?:\s?uhr)?|\d{1,2}(?:\.\d{2})?\s?uhr(?:\s?\d{2})?"
            r"|{clock_shift}\s+(?:\d{1,2}|{number})(?:\s?uhr)?)"
        ),
    ),
    (Reading.PART_OF_DAY, r"(?:(?:am|in\s+der|nur)\s+)?(?P<part>{part})"),
    (
        Reading.ANY_TIME,
        r"egal\s+wann|jederzeit|den\s+ganzen\s+tag|ganztägig|uhrzeit\s+egal|irgendwann(?:\s+am\s+tag)?",
    ),
)

GERMAN = build(
    Phrases(
        code="de",
        tables=TABLES,
        fragments=_FRAGMENTS,
        days=_DAYS,
        spans=_SPANS,
        ranges=_RANGES,
        lengths=_LENGTHS,
        hours=_HOURS,
        places={
            PlaceKind.ONLINE: r"on\s?line|(?:über|via|per|in|auf|mit)\s+(?:ms\s+)?teams(?!\s+\w)|remote|virtuell"
            r"|(?:per|via|als)\s+video(?:\s?(?:call|anruf|konferenz))?|videocall|videokonferenz",
            PlaceKind.ROOM: r"persönlich|vor\s+ort|in\s+präsenz|präsenz|face[\s-]to[\s-]face"
            r"|im\s+büro|(?:in\s+)?(?:einem|einen|ein|dem|im)\s+(?:besprechungs|meeting)?raum|(?:besprechungs|meeting)raum",
        },
        kinds={
            Kind.ONE_TO_ONE: r"1\s?[:\-/]\s?1(?:'?s)?|1\s?(?:zu|on|to)\s?1(?:'?s)?|121(?:'?s)?"
            r"|eins[\s-]?zu[\s-]?eins|one[\s-]?(?:to|on)[\s-]?one(?:'?s)?|(?:ein[sz]el|zweier)[\s-]?(?:gespräche?n?s?|termine?n?|meetings?)"
            r"|(?:vier|4)[\s-]?augen[\s-]?(?:gespräche?n?s?|termine?n?)|(?:gespräche?\s+)?unter\s+(?:vier|4)\s+augen"
            r"|mitarbeiter(?:innen)?[\s-]?gespräche?n?s?|feedback[\s-]?gespräche?n?s?",
            Kind.COACHING: r"coachings?(?:[\s-]?(?:gespräche?n?s?|sitzung(?:en)?|sessions?|termine?n?|einheit(?:en)?))?",
            Kind.TRAINING: r"trainings?|schulung(?:en)?|workshops?|seminare?|kurse?n?",
            Kind.TEAM_MEETING: r"team[\s-]?(?:besprechung(?:en)?|meetings?|runden?|sitzung(?:en)?|treffen|termine?n?"
            r"|gespräche?|jour[\s-]?fixe|briefings?)",
        },
        quorum=r"(?:mit\s+)?(?:mindestens|wenigstens|nicht\s+weniger\s+als|(?:einem\s+)?quorum(?:\s+von)?)"
        r"\s+(?P<n>\d{1,3}|{number})(?:\s+(?:leuten?|personen|agenten|von\s+(?:uns|ihnen)|anwesend(?:en)?|dabei))*",
        own_team=r"(?:(?:dem|das|alle\s+aus|alle\s+in)\s+)?(?:(?:ganzen?|gesamten?)\s+)?"
        r"(?:mein(?:em|en|es)?|unser(?:em|en|es)?|dem|das)\s+(?:(?:ganzen?|gesamten?|eigenen?|ganzes)\s+)?team",
        own_teams=r"(?:alle[nr]?\s+)?(?:meine[nr]?|unsere[nr]?)\s+(?:teams|agent(?:en|innen)|leuten?"
        r"|mitarbeiter(?:n|innen)?|mitarbeitenden|kolleg(?:en|innen)|direct\s+reports)",
        everyone=r"jede[nrm]?(?!\s+(?:tag|woche|monat|{weekday}|zweiten?))(?:\s+einzelnen?)?"
        r"|allen(?:\s+(?:agenten|mitarbeitern|mitarbeitenden|leuten|kollegen))?"
        r"|alle(?:\s+(?:agenten|mitarbeiter|mitarbeitenden|leute|kollegen)|(?!\s+(?:\d|{number}|tage|wochen|monate|(?:meine\s+)?(?:termine|sitzungen|meetings|gespräche))))",
        team_word=frozenset({"team", "teams", "gruppe"}),
        me=frozenset({"mir", "mich"}),
        with_word=r"mit(?!\w)",
        for_word=r"für|sondern",
        lead_words=r"(?:geleitet|gegeben|geführt|gehalten|durchgeführt)\s+(?:von|durch)|durch|bei|leitung|trainer|trainerin|von",
        except_words=r"außer(?:\s+(?:mit|für))?|ausgenommen|ohne|bis\s+auf|abgesehen\s+von|mit\s+ausnahme\s+von"
        r"|aber\s+(?:nicht|ohne)|anstatt|anstelle\s+von|statt|nicht(?:\s+(?:mit|für))?|minus|sondern",
        join_words=r"[,;&+]|(?<!\w)(?:und|sowie|plus)(?!\w)",
        contrast=frozenset({"sondern"}),
        possessives=("'s", "s", "'"),
        topic=r"wegen|über|bezüglich|bzgl\.?|weil|zum\s+thema|zu\s+den\s+themen|betreffend|hinsichtlich"
        r"|(?<=,\s)(?:er|sie|es)|denn|damit|um(?=\s[^\x00\d]*?\szu\s)",
        filler=FILLER,
        placing=any_of("in im am an auf bei um zu zum zur vom aus"),
        asking=ASKING,
        doubting=any_of(
            "kein keine keinen keinem nicht nie danke dank hat habe haben hatte war waren ist sind wurde"
            " wurden abgesagt ausgefallen entfällt fällt schon bereits ohne warum wie wer wann"
        ),
        commands=any_of(
            "wer wann warum wieso was wo wie wohin welche welcher lösche löschen entferne storniere"
            " stornieren absagen sage verschiebe verschieben zeige zeig liste kann tausche tauschen"
        ),
        weighty=any_of(
            "kein keine keinen keinem nie niemals nicht vor nach bis seit ab nur vermeide jede jeden"
            " jeder jedes täglich wöchentlich oder monatlich regelmäßig statt stattdessen letzte"
            " letzten entweder falls wenn andere anderen anderer hälfte rest paar alle zweimal"
            " montags dienstags mittwochs donnerstags freitags samstags sonntags einige mehrere"
            " weihnachten ostern stunde stunden wöchentliches wöchentliche monatliches vierzehntägig"
            " wiederkehrend wiederholt jährlich quartal wenige halb viertel"
        ),
        telling=any_of(
            "mit und außer ohne für bis vom von zwischen sowie oder bei durch wegen woche wochen tage"
            " nächste nächsten diese dieser diesen kommende kommenden anfang mitte ende kw uhr halbe"
            " einzelgespräch teambesprechung meinem meinen meine mein aber doch nein im zum"
            " statt sondern lieber verschoben jeden warteschlange einstellungen probelauf rückgängig"
            " verschiebe verschieben storniere absagen tauschen tausche freigeben automatische planung"
            " weichen ruhezeiten fortsetzen anhalten buchung fällige überfällige zurücknehmen steht"
            " ändern notiz sitzungen gespräche termin termine früher ruhig kalender kalenderdatei schick"
            " wiederkehrende wiederkehrenden regelmäßige regelmäßigen vorlagen planungslauf erreichbar"
        ),
        spelled=any_of(
            "coaching online nächste nächsten nächster woche wochen monat vormittag nachmittag außer"
            " einzelgespräch einzelgespräche teambesprechung besprechung gespräch minuten stunde"
            " stunden termin termine zwischen verschiebe storniere übermorgen mitarbeitergespräch"
            " kommenden kommende übernächste diese dieser diesen teammeeting anfang abend mittag"
            " persönlich präsenz remote montag dienstag"
        ),
        orders=ORDERS,
        repairs=REPAIRS,
        recurring=RECURRING,
        help=frozenset(
            {"hilfe", "hallo", "hi", "hey", "moin", "guten morgen", "guten tag", "was kannst du"}
            | {"was kannst du alles", "wie funktioniert das", "befehle", "menu", "servus", "help"}
            | {"hilf mir", "was machst du", "anleitung", "wie geht das", "guten abend"}
            | {"danke", "vielen dank", "danke schön", "okay"}
        ),
        start=frozenset({"start", "neu", "neue anfrage", "formular", "anfrage", "neuer termin"}),
        my_team="meinem Team",
        examples=(
            "{type} mit {first} nächste Woche",
            "{type} mit {my_team} nächste Woche",
            "{other_type} für {first} am Donnerstag",
            "{type} mit {first} morgen, 20 Min",
            "{other_type} für {first} bis Freitag",
            "{type} mit {first}",
        ),
        to_try={
            Role.MANAGER: (
                "meine Termine",
                "wer hatte seit 30 Tagen kein 1:1",
                "wiederkehrende Termine",
                "Status",
            ),
            Role.TRAINER: (
                "meine Termine",
                "meine Anwesenheitslisten",
                "ich verspäte mich um 10 Minuten",
            ),
            Role.LEARNING: ("Kurse", "Teilnahmequote", "meine Anwesenheitslisten"),
            Role.SCHEDULER: ("Warteschlange", "wiederkehrende Termine", "Kurse", "Status"),
            Role.AGENT: (
                "meine Termine",
                "1:1 mit meinem Chef",
                "ich kann am Donnerstag nicht",
                "früher wenn ruhig",
            ),
            Role.ADMINISTRATOR: ("Einstellungen",),
        },
        rewrites=(
            (rf"(?<!\w){{weekday}}()(?=(?:{_PARTS})(?!\w))", " "),
            (r"(?<!\w)(?:{weekday}|heute|gestern|am)\s(morgen)(?!\w)", "vormittags"),
        ),
        day_first=True,
    )
)
