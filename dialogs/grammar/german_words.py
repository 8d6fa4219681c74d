"""German words: tables of days and numbers, fillers, and words that ask for a session."""

from dialogs.grammar.tables import any_of, numbered

TABLES = {
    "weekday": numbered(
        {
            0: "montag|mo",
            1: "dienstag|di",
            2: "mittwoch|mi",
            3: "donnerstag|do",
            4: "freitag|fr",
            5: "samstag|sonnabend|sa",
            6: "sonntag",
        }
    ),
    "month": numbered(
        {
            1: "januar|jänner|jan",
            2: "februar|feb",
            3: "märz|mär",
            4: "april|apr",
            5: "mai",
            6: "juni|jun",
            7: "juli|jul",
            8: "august|aug",
            9: "september|sept|sep",
            10: "oktober|okt",
            11: "november|nov",
            12: "dezember|dez",
        }
    ),
    "number": numbered(
        {
            1: "ein|eine|einem|einen|einer|eins",
            2: "zwei|zweien|zwo",
            3: "drei|dreien",
            4: "vier",
            5: "fünf",
            6: "sechs",
            7: "sieben",
            8: "acht",
            9: "neun",
            10: "zehn",
            11: "elf",
            12: "zwölf",
            14: "vierzehn",
            15: "fünfzehn",
            20: "zwanzig",
            25: "fünfundzwanzig",
            30: "dreißig",
            40: "vierzig",
            45: "fünfundvierzig",
            60: "sechzig",
            90: "neunzig",
        }
    ),
    "day": numbered(
        {
            -2: "vorgestern",
            -1: "gestern",
            0: "heute",
            1: "morgen",
            2: "übermorgen",
            3: "überübermorgen",
        }
    ),
    "week": numbered(
        {
            -1: "letzte woche|letzter woche|vorige woche|voriger woche|vergangene woche",
            0: "diese woche|dieser woche|laufende woche|laufender woche|den rest der woche"
            "|der rest der woche|rest der woche",
            1: "nächste woche|nächster woche|nächsten woche|kommende woche|kommender woche"
            "|kommenden woche|nächst woche|nächste wo",
            2: "übernächste woche|übernächster woche|übernächsten woche",
        }
    ),
    "this_month": numbered(
        {
            -1: "letzten monat|letzter monat|vorigen monat|letzten monats",
            0: "diesen monat|diesem monat|dieses monats|den monat|des monats|rest des monats"
            "|den rest des monats|dieser monat",
            1: "nächsten monat|nächstem monat|nächsten monats|kommenden monat|kommenden monats",
        }
    ),
    "relative": numbered(
        {
            -1: "letzten|letzter|letztes|letzte|vorigen|vergangenen|vergangenes",
            0: "diesen|dieser|dieses|diesem|kommenden|kommender|kommendes|kommende",
            1: "nächsten|nächster|nächstes|nächste|nächstem",
            2: "übernächsten|übernächster|übernächstes|übernächste",
        }
    ),
    "unit": numbered(
        {1: "tag|tage|tagen|tages", 7: "woche|wochen", 30: "monat|monate|monaten|monats"}
    ),
    "third": numbered(
        {
            0: "anfang|zu beginn|beginn|am anfang",
            1: "mitte|in der mitte",
            2: "ende|zum ende|am ende|gegen ende",
        }
    ),
    "ordinal": numbered(
        {
            1: "erste|ersten|erster|1.",
            2: "zweite|zweiten|zweiter|2.",
            3: "dritte|dritten|dritter|3.",
            4: "vierte|vierten|vierter|4.",
            -1: "letzte|letzten|letzter",
        }
    ),
    "fixed_length": numbered(
        {
            15: "eine viertelstunde|einer viertelstunde|viertelstunde|1/4 stunde|viertelstündiges"
            "|viertelstündig",
            30: "eine halbe stunde|einer halben stunde|halbe stunde|halben stunde|1/2 stunde"
            "|eine halbe std|halbe std|halbstündig|halbstündiges|halbstündige|halbstündigen",
            45: "eine dreiviertelstunde|einer dreiviertelstunde|dreiviertelstunde|3/4 stunde"
            "|eine dreiviertel stunde|dreiviertel stunde",
            60: "eine stunde|einer stunde|stündiges|einstündig|einstündiges|einstündige|ne stunde",
            90: "anderthalb stunden|eineinhalb stunden|anderthalbe stunde|einundeinhalb stunden",
        }
    ),
    "length_unit": numbered(
        {
            1: "minuten|minute|minütiges|minütige|minütigen|minütiger|minütig|mins|min",
            60: "stunden|stunde|stündiges|stündige|stündig|std|h",
        }
    ),
    "clock_word": numbered({1440: "mitternacht"}),
    "clock_shift": numbered({15: "viertel nach", -15: "viertel vor|dreiviertel", -30: "halb"}),
    "half": numbered(
        {
            0: "uhr morgens|uhr früh|uhr vormittags",
            720: "uhr nachmittags|uhr abends|uhr mittags",
        }
    ),
    "part": numbered(
        {
            0: "vormittag|vormittags|morgens|früh|frühs|am morgen|in der früh|vormittage",
            1: "nachmittag|nachmittags|nachmittage|am späten nachmittag",
            2: "abend|abends",
            3: "mittag|mittags|mittagszeit|über mittag",
        }
    ),
}

FILLER = any_of("""
der die das den dem des ein eine einen einem einer bitte danke dankeschön vielen dank gerne gern mal
doch kannst können könnten könntest du ihr wir uns ich möchte möchten will wollen würde würden hätte
hätten brauche brauchen benötige soll sollen sollte müssen muss mein meine meinen meinem meiner unser
unsere unseren unserem sein seine ihre ihren zu zum zur im in am an auf bei es ist sind für so dass
irgendein noch mir mich dir je jeweils neu neue neuen neuer neues kurz kurzes kurzen kurze langes lang
lange etwa ungefähr ca dazu einmal hallo hi hey moin guten tag servus aside möglich möglichst bald
schnell dringend eben auch dann nun jetzt ja gut gibt haben habe hat werden wird per um zeit uhr
uhrzeit agent agenten agentin kollege kollegen kollegin kolleginnen mitarbeiter mitarbeiterin
mitarbeitenden person personen leute leuten dauer dauern dauert etwas wäre wären und aber als da vom aus herr herrn frau dr prof
hinzu dazu gehabt mehr steht ganz ganze ganzen spontan irgendwann mag pro asap
""")

ASKING = any_of("""
plane plan planen planst buche buchen buch buchst mache machen mach machst vereinbare vereinbaren
organisiere organisieren organisier finde finden such suche suchen setze setzen setz lege legen
leg ansetzen einplanen ausmachen treffen triff treffe termin termine terminen gespräch gespräche
gesprächen gesprächs meeting meetings sitzung sitzungen besprechung besprechungen session sessions
slot slots call sprechen reden unterhalten rede spreche besprechen zusammensetzen terminiere
einladen lade ein sehen review
""")
