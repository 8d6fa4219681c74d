"""How orders are given and words taken back in German."""

from dialogs.grammar.language import OrderPhrases, Repairs
from dialogs.orders import OrderKind
from scheduling.domain.templates import Frequency

_SHOW = r"(?:zeige?|gib|sende|schicke?|liste|nenne?|sag|öffne|exportiere)"
_MEETINGS = (
    r"(?:meetings?|termine?n?|sitzungen|sitzung|sessions?|besprechungen|besprechung|gespräche?n?"
    r"|buchungen|coachings?|schulungen|einzelgespräche?n?)"
)
_ONES = r"(?:1\s?[:-]\s?1|einzelgespräch|mitarbeitergespräch|vier-augen-gespräch)(?:'?s|e|en)?"
_AUTO = r"(?:(?:die\s+)?auto(?:matische?n?)?[\s-]?(?:planung|buchung|terminierung|terminplanung|scheduling))"
_BOSS = (
    r"(?:chefin|chef|vorgesetzten?|teamleiterin|teamleiter|teamleitung|teamlead|führungskraft"
    r"|managerin|manager|leitung|leiterin|leiter)"
)
_ITEM = r"(?:aufgaben?|fälle|fall|vorgänge|vorgang|punkte|anfragen|entscheidungen)"

_CADENCE = (
    rf"(?:{_SHOW}\s+(?:mir\s+)?(?:alle\s+)?,?\s*)?(?:wer|bei\s+wem|mit\s+wem|welche\s+(?:agenten|mitarbeiter|leute))(?=\s)"
    r"(?=.*?(?<!\w)(?:(?P<strike>kein|keine|keines|keinen|nicht|ohne)|noch|fällig|überfällig|braucht|brauchen|fehlt|länger|lange)(?!\w))\s+"
    r"(?:(?:von\s+meinen\s+leuten|in\s+meinem\s+team|aus\s+meinem\s+team)\s+)?"
    r"(?:hatte|hat|haben|hatten|braucht|brauchen|ist|sind|fehlt|war|steht|wartet|habe\s+ich)"
    r"(?:\s+(?:(?:schon|noch|bisher|seit\s+langem)\s+)?(?:kein(?:e[nrs]?)?|nicht|ohne))?"
    rf"|(?:fällige|überfällige|fehlende|ausstehende)\s+(?={_ONES}|{_MEETINGS})"
)
_AGENDA = (
    rf"(?:(?:{_SHOW}|was\s+sind|wann\s+sind|wo\s+sind|welche|wann\s+ist|wann\s+habe\s+ich)\s+(?:(?:mir|uns|alle|bitte)\s+)*)?"
    r"(?:alle\s+)?(?:meine[nrsm]?|mein)\s+(?:(?:nächsten?|kommenden?|eigenen|gebuchten|geplanten|anstehenden|alle)\s+)*"
    rf"(?:{_MEETINGS}(?!\s+mit\s)|{_ONES}(?!\s+mit\s)|woche|agenda|kalender|tag|plan|wochenplan|terminplan)"
    r"(?:\s+(?:an|auf|als\s+(?:ics|kalender)(?:-?datei)?))?"
    r"|wann\s+(?:ist|sind)\s+(?:mein|meine|das|der|die)(?:\s+nächste[nrs]?)?(?=\s)"
    r"|was\s+(?:steht|liegt|ist)\s+(?=.*?(?<!\w)(?:an|geplant|gebucht|vor|los)\W*$)"
    rf"|(?:was|welche\s+{_MEETINGS}|welchen\s+termin)\s+habe?\s+ich|habe?\s+ich(?=\s+.*?(?<!\w)(?P<strike>etwas|termine|einen\s+termin|was|sitzungen)(?!\w))"
    rf"|(?:{_SHOW}\s+(?:mir\s+)?)?(?:(?:meine|die|eine|als)\s+)?kalender-?datei"
    r"|agenda|kalender|terminkalender|meine\s+ics|\.?ics(?:-datei)?"
)
_STATUS = (
    r"(?:(?:zeige?|gib)\s+(?:mir\s+)?)?(?:den\s+)?(?:status|stand)(?!\s*-?(?:meeting|besprechung|termin|gespräch))"
    r"(?:\s+(?:der|des|von|meiner?|zu|zum|zur))?"
    r"|was\s+(?:läuft|ist\s+offen|ist\s+in\s+arbeit|ist\s+unterwegs)(?:\s+(?:gerade|noch))?"
    r"|(?:wie|wo)\s+(?:steht|stehen|ist|sind|weit\s+(?:ist|sind))\s+(?:es\s+(?:um|mit)\s+)?(?:meine?[nr]?|die)\s+(?:offenen?\s+)?anfragen?"
    r"|wie\s+weit\s+(?:ist|sind)|gibt\s+es\s+(?:schon\s+)?(?:neuigkeiten|etwas\s+neues)|was\s+(?:wurde|ist)\s+aus"
    r"|(?:(?:zeige?)\s+(?:mir\s+)?)?(?:alle\s+)?meine\s+(?:offenen\s+|laufenden\s+)?anfragen"
    r"|(?:ist|sind|wurde|wurden)(?=\s+.*?\s(?P<strike>(?:(?:schon|bereits)\s+)?"
    r"(?:gebucht|eingeplant|geplant|bestätigt))(?:\W|$))"
)
_MOVE = (
    r"verschieb(?:e|en|t|st)?|verleg(?:e|en|t|st)?|umplanen|umbuchen|vorziehen|schieb(?:e|en)?"
    r"|(?=.*?(?P<strike>(?<!\w)(?:verschieben|verlegen|umplanen|umbuchen|vorziehen))\W*$)"
    r"|(?:ziehe?|plane?|buche?|leg[e]?)(?=\s.*?(?<!\w)(?:vor|um)\W*$)"
)
_CANCEL = (
    r"storniere?n?|absagen|lösche?n?|streiche?n?|cancel(?:n|e)?|entferne?n?"
    r"|sage?(?=\s.*?(?<!\w)(?P<strike>ab)\W*$)|(?=.*?(?P<strike2>(?<!\w)(?:absagen|stornieren|löschen|streichen|canceln))\W*$)(?!ich\s)"
    r"|(?:ich|wir)\s+(?:brauche?n?)(?=\s.*?(?P<strike3>(?<!\w)nicht\s+mehr))"
)
_UNDO = (
    r"(?:mache?\s+)?(?:(?:das|es|die\s+letzte\s+(?:buchung|änderung|aktion)|letzte\s+buchung|den\s+letzten\s+schritt)\s+)?"
    r"(?:rückgängig(?:\s+machen)?|zurücknehmen|widerrufen|undo)|nimm\s+(?:das|es|die\s+(?:letzte\s+)?buchung)\s+zurück"
)
_NOTE = (
    r"(?:(?:füge?|schreibe?|mache?|hinterlege?|ergänze?|setze?)\s+)?(?:eine\s+|die\s+|folgende\s+|kurze\s+)*"
    r"noti[sz](?:en)?(?:\s+(?:zu|zum|zur|für|an|bei|beim)|(?=\s*:))(?:\s+dem|\s+der)?"
    r"|notiere?(?:\s+(?:zu|zum|zur|für|bei|beim))"
)
_CANNOT = (
    r"(?:leider\s+)?(?:ich\s+)?(?:kann|könnte|schaffe|passt)(?:\s+ich)?(?!\s+(?:man|ich\s+mit))"
    r"(?=(?:\s+.*?)?\s(?P<strike>(?:leider\s+)?nicht(?:\s+(?:kommen|teilnehmen|dabei\s+sein|wahrnehmen|schaffen|können))?)(?:\W|$))"
    r"|(?:ich\s+)?(?:bin|habe)(?=\s+.*?(?P<strike2>(?:verhindert|nicht\s+(?:da|verfügbar|dabei)|unabkömmlich|keine\s+zeit))(?:\W|$))"
    r"|(?:das|der\s+termin|die\s+zeit|es)\s+passt(?:\s+mir)?(?=.*?(?P<strike3>nicht))|ablehnen|(?:ich\s+)?lehne(?=.*?(?P<strike4>\sab)\W*$)"
    r"|(?:da|dann)\s+kann\s+ich(?=.*?(?P<strike5>nicht))"
    r"|ich\s+(?:muss|möchte)(?=\s.*?(?P<strike6>absagen)\W*$)"
)
_SWAP = r"tausche?n?|(?=.*?(?P<strike>(?<!\w)tauschen)\W*$)(?:(?:kann|können|ich)\s+)*"
_EARLIER_OFF = (
    r"(?:nicht\s+(?:mehr\s+)?|keine\s+)früher(?:e[nrs]?)?(?:\s+(?:termine|zeiten|angebote|wenn\s+(?:es\s+)?ruhig(?:er)?(?:\s+ist)?))?"
    r"|früher\s+(?:bitte\s+)?nicht(?:\s+mehr)?|keine\s+angebote(?:\s+mehr)?|abmelden(?:\s+von\s+früher)?"
)
_EARLIER_ON = (
    r"(?:(?:ich\s+kann\s+|gerne?\s+|auch\s+|ja\s+zu\s+|biete\s+mir\s+)*)früher(?:e[nrs]?)?(?:\s+(?:termine|zeiten))?\s*,?\s*"
    r"(?:wenn|falls|sobald)\s+(?:es\s+|nichts\s+)?(?:ruhig(?:er)?|wenig\s+los|los)(?:\s+ist)?"
    r"|früher(?=\W*$)|(?:wenn|falls)\s+(?:es\s+)?ruhig(?:er)?(?:\s+ist)?"
    r"|(?:biete\s+mir|ich\s+möchte|ich\s+hätte\s+gerne?)\s+(?:einen\s+)?frühere[nrs]?(?:\s+(?:termine?|zeiten))?"
)
_QUEUE = (
    rf"(?:(?:{_SHOW}|was\s+ist\s+in|wie\s+lang\s+ist|wer\s+ist\s+in|was\s+steht\s+in)\s+(?:mir\s+)?)?(?:(?:die|der|meine|unsere)\s+)?"
    r"(?:warteschlange|queue|arbeitsliste|aufgabenliste|eskalationen)"
    r"|(?:was|wer)\s+(?:wartet|steht\s+(?:noch\s+)?(?:an|aus)|kommt\s+als\s+nächste[srn]?|ist\s+(?:als\s+nächste[srn]?(?:\s+dran)?|offen|unbearbeitet|dran))(?:\s+(?:noch|gerade))?"
    r"|was\s+ist\s+zu\s+entscheiden"
    rf"|(?:was|wer)\s+ist\s+überfällig|überfällig(?=\W*$)"
    rf"|(?:{_SHOW}\s+(?:mir\s+)?)?(?:alle\s+)?(?:meine|überfällige[nrs]?)\s+(?:aufgaben|fälle|vorgänge|entscheidungen)"
    rf"|(?:{_SHOW}\s+(?:mir\s+)?)?(?:(?:die|alle|meine)\s+)*(?:älteste[nrs]?|offene[nrs]?|wartende[nrs]?|unbearbeitete[nrs]?)\s+{_ITEM}"
)
_PAUSE = (
    rf"(?:pausiere?n?|pause|halte?|stoppe?n?|unterbrich|deaktiviere?n?)(?:\s+{_AUTO})?(?:\s+an)?"
    rf"|schalte?\s+{_AUTO}\s+(?:ab|aus)|{_AUTO}\s+(?:pausieren|anhalten|stoppen|aus|ausschalten|abschalten)"
)
_RESUME = (
    rf"(?:fortsetzen|setze?\s+{_AUTO}\s+fort|weiter\s+mit\s+{_AUTO}|(?:starte|aktiviere)\s+{_AUTO}(?:\s+wieder)?)"
    rf"|schalte?\s+{_AUTO}\s+(?:wieder\s+)?(?:an|ein)|{_AUTO}\s+(?:fortsetzen|wieder\s+(?:an|ein|starten|aufnehmen)|einschalten|anschalten)"
)
_RELEASE = (
    r"(?:gib|gebe?n?)(?=\s.*?(?P<strike>(?<!\w)(?:frei|zurück))\W*$)|freigeben|freigabe"
    rf"|(?=.*?(?P<strike2>(?<!\w)freigeben)\W*$)(?={_MEETINGS}|\d)|(?:was|wer|welche\s+{_MEETINGS})\s+(?:kann|können|könnte|könnten)\s+"
    r"(?=.*?(?P<strike3>(?:weichen|freigegeben\s+werden|frei\s+werden|zurückgestellt\s+werden))\W*$)"
    r"|(?:wir\s+sind\s+)?(?:unterbesetzt|überlastet)|es\s+brennt|(?:hohes\s+)?anrufaufkommen|volumenspitze"
)
_DRY_RUN = (
    r"(?:mache?\s+(?:einen\s+)?)?(?:probelauf|testlauf|trockenlauf|dry[\s-]?run)|was\s+(?:wäre|würde)\s+(?=.*?(?:passier|gewesen|wenn))"
    r"|simuliere?n?(?:\s+(?:die|eine)\s+(?:änderung|einstellung)(?:en)?)?"
)
_SETUP = (
    r"(?:(?:öffne|zeige?|ändere?|bearbeite)\s+(?:mir\s+)?(?:die\s+)?)?(?:einstellungen|konfiguration|einrichtung|setup|verwaltung|administration"
    r"|terminarten\s+(?:ändern|bearbeiten)|ruhezeiten|aufbewahrung|suchparameter|rollen\s+(?:ändern|bearbeiten|verwalten))"
    r"(?=\W*$|\s+(?:der|die|des|für|von|ändern|prüfen|öffnen))|(?:aside\s+)?(?:einrichten|konfigurieren)(?=\W*$)"
)
_ASK_MANAGER = (
    r"(?=(?:(?!(?<!\w)(?:wegen|über|bezüglich)(?!\w)).)*?(?P<strike>(?<!\w)(?:(?:mit|bei|von)\s+)?"
    rf"(?:meiner|meinem|meinen|meine|mein)\s+(?:direkten\s+)?{_BOSS}(?!\w)))"
)

_REACH = (
    r"wer\s+ist\s+(?:nicht\s+)?erreichbar|wen\s+kannst\s+du\s+(?:nicht\s+)?erreichen"
    rf"|wen\s+erreichst\s+du(?:\s+nicht)?|(?:{_SHOW}\s+(?:mir\s+)?)?(?:die\s+)?erreichbarkeit(?=\W*$|\s+(?:meine|des|der))"
)

_TEMPLATES = (
    r"(?:zeig(?:e|en)?\s+(?:mir\s+)?)?(?:(?:die|meine|alle)\s+)*(?:wiederkehrenden?|regelmäßigen?)\s+"
    r"(?:termine|besprechungen|sitzungen|meetings|gespräche|einzelgespräche)(?=\W*$)"
    r"|(?:zeig(?:e|en)?\s+(?:mir\s+)?)?(?:die\s+|meine\s+)?vorlagen?(?=\W*$)"
)
_RUN = (
    r"(?:plan(?:e|en)?|starte|lauf)\s+(?:(?:die|meine|alle)\s+)*(?:wiederkehrenden?|regelmäßigen?)\s+"
    r"(?:termine|besprechungen|sitzungen|meetings|gespräche|einzelgespräche)"
    r"|(?:lauf|planungslauf)(?:\s+für)?(?=\s+(?:den\s+|die\s+|das\s+)*(?:{when})\W*$)"
)
_COURSES = (
    r"(?:zeig(?:e|en)?\s+(?:mir\s+)?)?(?:(?:die|meine|unsere|alle)\s+)*(?:kurse|schulungskurse|courses)(?=\W*$)"
    r"|roll(?:e|en)?(?=\s.*?(?P<strike>(?<!\w)aus)\W*$)|ausrollen(?=\s)"
    r"|(?:plan(?:e|en)?|öffne|zeige?|buche|starte)\s+(?:den\s+)?kurs(?=\s)"
    r"|plan(?:e|en)?\s+(?!(?:eine?n?|den|die|das|meine?n?|alle)\s)"
    r"(?=(?:(?!termin|besprechung|gespräch|meeting|sitzung|coaching|training|1:1).)+?\sfür\s+alle\s)"
)

_NEW = r"(?:(?:erstelle?n?|lege?|mache?|neue[rsn]?)\s+)(?:mir\s+)?(?:eine?n?\s+)?(?:neue[rsn]?\s+)?"
_NEW_COURSE = rf"{_NEW}(?:schulungs)?kurs(?:\s+an)?(?=\W*$)"
_NEW_TEMPLATE = (
    rf"{_NEW}(?:(?:wiederkehrende[rsn]?|regelmäßige[rsn]?)\s+"
    r"(?:termin|besprechung|sitzung|meeting|gespräch|einzelgespräch|1:1)|vorlage)(?:\s+an)?(?=\W*$)"
)
_EVERY = r"(?:an\s+)?(?:jede[nrsm]?|alle)"
_TIMES = r"(?:(?P<two>zweiten?|2\.)\s+|(?P<n>\d{1,2}|{number})\s+)?"
_FULL_DAY = r"(?P<w>montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag)"
_OF_MONTH = r"\s+(?:(?:im|des|jeden|eines)\s+)?monat(?:s|es)?"
_ENDING = r"(?:e[rsn]?)?"
RECURRING = (
    (
        Frequency.MONTHLY,
        rf"(?:(?:am|an\s+jedem|jeden)\s+)?(?P<ordinal>{{ordinal}})\s+(?P<w>{{weekday}}){_OF_MONTH}",
    ),
    (Frequency.MONTHLY, rf"{_EVERY}\s+{_TIMES}monate?n?"),
    (Frequency.MONTHLY, rf"monatlich{_ENDING}|(?:einmal|1x)\s+(?:im|pro)\s+monat"),
    (
        Frequency.MONTHLY,
        rf"(?P<three>vierteljährlich{_ENDING}|quartalsweise|jedes\s+quartal|(?:einmal|1x)\s+(?:im|pro)\s+quartal)",
    ),
    (
        Frequency.WEEKLY,
        rf"(?P<two>vierzehntägig{_ENDING}|zweiwöchentlich{_ENDING}|14-?tägig{_ENDING}|alle\s+(?:14|vierzehn)\s+tage)",
    ),
    (Frequency.WEEKLY, rf"{_EVERY}\s+{_TIMES}wochen?"),
    (Frequency.WEEKLY, rf"wöchentlich{_ENDING}|(?:einmal|1x)\s+(?:in\s+der|pro|die)\s+woche"),
    (Frequency.WEEKLY, rf"{_EVERY}\s+(?:(?P<two>zweiten?|2\.)\s+)?(?P<w>{{weekday}})"),
    (Frequency.WEEKLY, rf"(?:(?:und|immer)\s+)?{_FULL_DAY}s"),
    (Frequency.DAILY, rf"täglich{_ENDING}|jeden\s+(?:arbeits|werk)?tag"),
)

_REGISTERS = (
    rf"(?:{_SHOW}\s+(?:mir\s+)?)?(?:(?:die|meine|unsere|alle|offene[nr]?)\s+)*"
    r"(?:anwesenheitslisten?|teilnehmerlisten?|register)(?=\W*$)|wer\s+war\s+da(?=\W*$)"
)
_LATE = (
    r"(?:ich\s+)?verspäte\s+(?:mich|ich\s+mich)(?:\s+um)?|verspätung(?:\s+von)?"
    r"|ich\s+(?:komme|bin)\s+(?=.*?(?P<strike>(?:(?<!\w)etwa(?:s)?\s+)?(?<!\w)(?:zu\s+spät|später|verspätet)(?!\w)))"
)
_PARTICIPATION = (
    rf"(?:{_SHOW}\s+(?:mir\s+)?)?(?:(?:die|meine|unsere)\s+)*(?:teilnahmequoten?|teilnahmen?|abschlussquoten?|completions?"
    r"|anwesenheit)(?:\s+(?:von|an|am|bei|für|der|des))*|wer\s+hat(?=.*?(?P<strike>(?<!\w)(?:teilgenommen|abgeschlossen)(?!\w)))"
)

ORDERS = OrderPhrases(
    polite=r"bitte|kannst\s+du|könntest\s+du|können\s+(?:sie|wir)|könnten\s+(?:sie|wir)|würdest\s+du|ich\s+(?:möchte|will|muss)(?!\s.*?absagen)"
    r"|wir\s+(?:möchten|wollen|müssen)|hey|hi|hallo|moin|aside|ok|okay|mal|jetzt|also|so|danke|leider(?=\s+(?:kann|muss|bin))",
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
        (OrderKind.RESUME, _RESUME),
        (OrderKind.PAUSE, _PAUSE),
        (OrderKind.UNDO, _UNDO),
        (OrderKind.SETUP, _SETUP),
        (OrderKind.SWAP, _SWAP),
        (OrderKind.RELEASE, _RELEASE),
        (OrderKind.STATUS, _STATUS),
        (OrderKind.AGENDA, _AGENDA),
        (OrderKind.MOVE, _MOVE),
        (OrderKind.CANCEL, _CANCEL),
        (OrderKind.NOTE, _NOTE),
        (OrderKind.CANNOT, _CANNOT),
        (OrderKind.ASK_MANAGER, _ASK_MANAGER),
    ),
    period=r"(?:(?:in|seit|innerhalb|während)\s+)?(?:(?:den|der|von|mehr\s+als|über|länger\s+als)\s+)*(?:(?:letzten|vergangenen)\s+)?"
    r"(?P<n>{count})\s+(?P<unit>{unit})|(?:(?:im|in|seit)\s+)?(?:(?:der|dem)\s+)?(?:letzten|letztem|vergangenen)\s+(?P<unit_alone>{unit})",
    count=r"(?P<n>{count})\s+(?:von\s+\d+\s+)?(?:sitzungen|sessions?|termine?|leute|gespräche|besprechungen)"
    r"|(?P<n2>\d{1,2})(?:\s+von\s+\d+)?",
    was=r"(?:von|vom|am)\s+(?P<a>{day_phrase})(?=\s+(?:auf|zu|nach)\s)",
    next_one=r"alle(?=\s+(?:meine\s+)?(?:termine|sitzungen|meetings|gespräche))|(?:mein|meine[nrsm]?|de[nmr]|die|das)\s+(?:nächste|kommende)[nrsm]?(?=\s)(?!\s+(?:{weekday}|wochen?|monate?|{count}))",
    mine=rf"meine\s+(?:offenen\s+)?{_ITEM}|nur\s+meine",
    overdue=r"(?:nur\s+)?(?:die\s+)?überfällig(?:e[nrs]?)?",
    unclaimed=r"(?:nur\s+)?(?:die\s+)?(?:unbearbeitet|unvergeben)(?:e[nrs]?)?",
    prose=r":(?=\s)|(?<!\d):(?!\d)|\s-\s",
)

REPAIRS = Repairs(
    opening=r"nein|ne|nee|nö|sorry|entschuldigung|entschuldige|ups|oh|moment|halt|doch\s+lieber|lieber|besser|korrektur"
    r"|ich\s+mein(?:t)?e|gemeint\s+(?:war|ist)|ich\s+habe\s+gemeint|eigentlich|doch|mach(?:e)?\s+(?:es|das|daraus)|mach(?:e)?\s+(?:es\s+)?zu"
    r"|änder(?:e|n)?\s+(?:es|das)\s+(?:auf|zu|in)|stattdessen|sagen\s+wir|es\s+soll(?:te)?|soll(?:te)?\s+(?:sein)?|quatsch|falsch|ach",
    loose=r"sorry|entschuldigung|entschuldige|ups|oh|moment|halt|eigentlich|doch|nein|ne|nee|nö|lieber|besser|ach|es\s+soll(?:te)?|soll(?:te)?",
    closing=r"stattdessen|lieber|meine?\s+ich|meinte\s+ich",
    within=r"(?:\s*[,;.-]+\s*|\s+)(?:(?:nein|ne|nee|nö|sorry|ups|moment|quatsch|halt)[\s,-]+)*(?:ich\s+meine?|ich\s+meinte|"
    r"gemeint\s+(?:war|ist)|besser\s+gesagt|vielmehr|beziehungsweise|bzw\.?|korrektur|doch\s+lieber|lieber\s+doch)[\s,:-]+"
    r"|\s*[,;.-]+\s*(?:(?:nein|nee|nö|sorry|ups|quatsch|lieber)[\s,-]+)+(?=\w)",
    adding=r"auch|und|plus|ebenfalls|zusätzlich|dazu|sowie|noch",
    unless=r"nicht(?:\s+am)?|statt|anstatt|anstelle\s+von|(?:außer|ohne|bis\s+auf)(?:\s+(?:am|den))?",
)
