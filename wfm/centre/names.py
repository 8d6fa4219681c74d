"""Names of people who do not exist, as mixed as a real contact centre's, and their addresses."""

import unicodedata
from collections.abc import Iterable
from random import Random

DOMAIN = "contoso.example"


def _pool(names: str) -> tuple[str, ...]:
    return tuple(names.split(", "))


BRITISH = _pool(
    "Aisha, Amelia, Benedict, Caitlín, Callum, Charlotte, Chidi, Daniel, Eilidh, Elinor, "
    "Farah, Fergus, Gareth, Grace, Hamza, Harriet, Imran, Isla, Jasmine, Joseph, Kwame, "
    "Leila, Lewis, Mei, Mohammed, Naomi, Niamh, Oliver, Owen, Poppy, Priya, Rhys, Rosa, "
    "Samira, Seán, Siobhán, Sunita, Temi, Theo, Yusuf, Zainab, Zoë"
)
BRITISH_FAMILY = _pool(
    "Adeyemi, Ahmed, Baker, Begum, Byrne, Campbell, Chaudhry, Clarke, D'Souza, Davies, Evans, "
    "Ferreira, Fraser, Gill, Green, Hughes, Hussain, Jones, Kaur, Khan, Lewis, MacLeod, "
    "Mensah, Mitchell, Morgan, Ndlovu, Nowak, O'Neill, O'Sullivan, Okafor, Osei, Pereira, "
    "Reid, Rossi, Shah, Sharma, Singh, Smith-Jones, Taylor, Walker, Williams, Wójcik, Wong, "
    "Wright"
)
GERMAN = _pool(
    "Anja, Anneliese, Ayşe, Björn, Carolin, Çağla, Dimitri, Dörte, Elif, Emre, Fabian, "
    "Frauke, Günther, Hannah, Henrike, Ivana, Jörg, Jürgen, Kaan, Käthe, Lena, Lukas, "
    "Małgorzata, Mehmet, Mirja, Nadja, Nils, Olena, Özlem, Piotr, Rüdiger, Sabine, Selin, "
    "Sören, Stefanie, Tobias, Ulrike, Veronika, Wiebke, Yusuf, Zuzana"
)
GERMAN_FAMILY = _pool(
    "Albrecht, Bauer, Becker, Böhm, Çelik, Dąbrowska, Demir, Fischer, Großmann, Haddad, "
    "Hoffmann, Horvat, Jäger, Kaya, Klein, Köhler, Kovač, Krüger, Lehmann, Lindström, "
    "Meißner, Müller, Nguyen, Nowicki, Öztürk, Petrov, Richter, Şahin, Schäfer, Schmidt, "
    "Schröder, Schulz, Sørensen, Vogel, von der Heide, Wagner, Weiß, Yilmaz, Zimmermann"
)
FIRST_TEAM = (
    "Asha Patel",
    "Tom Baker",
    "Maria Santos",
    "Maria Kowalska",
    "Łukasz Zieliński",
    "Seán O'Brien",
    "José Núñez",
    "Hannah Müller",
)
"""The team of the demo: one Tom, and two people whom a first name alone does not tell apart."""

_SPELT = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ß": "ss",
        "ł": "l",
        "ø": "o",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    }
)


class Names:
    """Draws full names, each once, and gives each an address of its own."""

    def __init__(self, rng: Random, taken: Iterable[str] = ()) -> None:
        """Draw from ``rng`` and never repeat a name of ``taken``."""
        self._rng = rng
        self._taken = set(taken)
        self._addresses: set[str] = set()

    def draw(self, *, german: bool) -> str:
        """Return a fresh full name; beyond the pool's size, with a middle initial."""
        first, family = (GERMAN, GERMAN_FAMILY) if german else (BRITISH, BRITISH_FAMILY)
        initial = ""
        while True:
            name = f"{self._rng.choice(first)} {initial}{self._rng.choice(family)}"
            if name not in self._taken:
                self._taken.add(name)
                return name
            initial = f"{self._rng.choice('ABCDEFGHJKLMNPRSTW')}. "

    def address(self, name: str) -> str:
        """Return a fresh plain ASCII address for ``name``."""
        spelt = unicodedata.normalize("NFKD", name.lower().translate(_SPELT))
        words = "".join(c for c in spelt if c.isascii() and (c.isalnum() or c in " -")).split()
        local = stem = ".".join(words)
        number = 2
        while local in self._addresses:
            local, number = f"{stem}{number}", number + 1
        self._addresses.add(local)
        return f"{local}@{DOMAIN}"
