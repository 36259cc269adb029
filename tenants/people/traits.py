"""The words a need and a candidate are both described with, so that they can be compared (C3).

Closed vocabularies, no free text: a posted need is personal data without a name, and free text is where names
slip in. Codes are short ASCII strings that are stored; they are never renamed. Labels are Bokmål msgids.

**Rare traits** are matched on and never displayed across the border (C3): every language, every skill apart
from driving and a car, and exact times. One of them beside an age band and an area may point at one person.
First aid counts as rare too: that a need asks for it says something about the service user's health. Faith
is not among the interests at all: they are displayed, and belief is a special category of personal data
(GDPR art. 9).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Final, Literal

from sammen.i18n_mark import N_

AGE_BANDS: Final[Mapping[str, str]] = {
    "6-9": N_("6–9 år"),
    "10-13": N_("10–13 år"),
    "14-17": N_("14–17 år"),
    "18-29": N_("18–29 år"),
    "30-49": N_("30–49 år"),
    "50-66": N_("50–66 år"),
    "67-79": N_("67–79 år"),
    "80+": N_("80 år eller eldre"),
}
_BAND_STARTS: Final = tuple((int(code.rstrip("+").split("-")[0]), code) for code in AGE_BANDS)

INTERESTS: Final[Mapping[str, str]] = {
    "climbing": N_("klatring"),
    "outdoors": N_("friluftsliv"),
    "walking": N_("turer"),
    "fishing": N_("fiske"),
    "skiing": N_("ski"),
    "cycling": N_("sykling"),
    "swimming": N_("svømming"),
    "football": N_("fotball"),
    "ballgames": N_("andre ballspill"),
    "skating": N_("skating"),
    "training": N_("trening"),
    "martial": N_("kampsport"),
    "dance": N_("dans"),
    "riding": N_("ridning"),
    "animals": N_("dyr"),
    "farm": N_("gårdsarbeid"),
    "music": N_("musikk"),
    "concerts": N_("konserter"),
    "theatre": N_("teater"),
    "cinema": N_("kino"),
    "reading": N_("lesing"),
    "drawing": N_("tegning og maling"),
    "crafts": N_("håndarbeid"),
    "building": N_("bygging"),
    "photo": N_("foto og film"),
    "gaming": N_("dataspill"),
    "boardgames": N_("brettspill"),
    "cooking": N_("matlaging"),
    "cafe": N_("kafé"),
    "shopping": N_("butikker"),
    "bowling": N_("bowling"),
    "cars": N_("bil og motor"),
    "sport_watching": N_("sport som tilskuer"),
}

INTEREST_FAMILIES: Final[Mapping[str, frozenset[str]]] = {
    "nature": frozenset({"climbing", "outdoors", "walking", "fishing", "skiing", "cycling"}),
    "sports": frozenset({"football", "ballgames", "skating", "training", "martial", "swimming", "bowling"}),
    "animals": frozenset({"riding", "animals", "farm"}),
    "stage": frozenset({"music", "concerts", "theatre", "cinema", "dance"}),
    "making": frozenset({"drawing", "crafts", "building", "photo", "cooking"}),
    "games": frozenset({"gaming", "boardgames"}),
    "town": frozenset({"cafe", "shopping"}),
}
"""Interests near enough to each other to count for something; an interest belongs to one family or to none.
"""

WEEKDAYS: Final[Mapping[str, str]] = {
    "mon": N_("mandager"),
    "tue": N_("tirsdager"),
    "wed": N_("onsdager"),
    "thu": N_("torsdager"),
    "fri": N_("fredager"),
    "sat": N_("lørdager"),
    "sun": N_("søndager"),
}
DAY_PARTS: Final[Mapping[str, str]] = {
    "am": N_("formiddag"),
    "pm": N_("ettermiddag"),
    "eve": N_("kveld"),
}
SLOTS: Final[tuple[str, ...]] = tuple(f"{day}-{part}" for day in WEEKDAYS for part in DAY_PARTS)
"""The coarse times that are displayed: a weekday and a part of it, "tue-pm". Before 12, 12–17, after 17."""

AREAS: Final[Mapping[str, str]] = {
    "north": N_("nord i Vestfold"),
    "middle": N_("midt i Vestfold"),
    "south": N_("sør i Vestfold"),
    "islands": N_("øyene i Vestfold"),
}
AREA_OF_MUNICIPALITY: Final[Mapping[str, str]] = {
    "0701": "north",  # Horten
    "0702": "north",  # Holmestrand
    "0714": "north",  # Hof
    "0704": "middle",  # Tønsberg
    "0716": "middle",  # Re
    "0719": "middle",  # Andebu
    "0720": "middle",  # Stokke
    "0706": "south",  # Sandefjord
    "0709": "south",  # Larvik
    "0728": "south",  # Lardal
    "0722": "islands",  # Nøtterøy
    "0723": "islands",  # Tjøme
}
"""The twelve of 2009 by municipality number. An area never has one municipality only: that would name it."""


@dataclass(frozen=True, slots=True)
class Trait:
    """A label and whether the trait is rare: matched on, never displayed across the border."""

    label: str
    rare: bool


SKILLS: Final[Mapping[str, Trait]] = {
    "driving": Trait(N_("førerkort"), rare=False),
    "car": Trait(N_("egen bil"), rare=False),
    "autism": Trait(N_("erfaring med autisme"), rare=True),
    "adhd": Trait(N_("erfaring med ADHD"), rare=True),
    "intellectual": Trait(N_("erfaring med utviklingshemming"), rare=True),
    "mental_health": Trait(N_("erfaring med psykisk helse"), rare=True),
    "addiction": Trait(N_("erfaring med rus"), rare=True),
    "dementia": Trait(N_("erfaring med demens"), rare=True),
    "epilepsy": Trait(N_("erfaring med epilepsi"), rare=True),
    "first_aid": Trait(N_("førstehjelp"), rare=True),
    "wheelchair": Trait(N_("erfaring med rullestol"), rare=True),
    "sign": Trait(N_("tegnspråk"), rare=True),
    "aac": Trait(N_("alternativ kommunikasjon (ASK)"), rare=True),
    "blindness": Trait(N_("ledsaging av blinde og svaksynte"), rare=True),
}

LANGUAGES: Final[Mapping[str, str]] = {
    "ar": N_("arabisk"),
    "bs": N_("bosnisk, kroatisk eller serbisk"),
    "en": N_("engelsk"),
    "fa": N_("persisk eller dari"),
    "ku": N_("kurdisk"),
    "lt": N_("litauisk"),
    "pl": N_("polsk"),
    "ru": N_("russisk"),
    "se": N_("nordsamisk"),
    "so": N_("somali"),
    "sq": N_("albansk"),
    "th": N_("thai"),
    "ti": N_("tigrinja"),
    "tr": N_("tyrkisk"),
    "uk": N_("ukrainsk"),
    "ur": N_("urdu"),
    "vi": N_("vietnamesisk"),
}
"""Languages beside Norwegian. All of them are rare traits."""

PREDICTABILITY: Final[Mapping[int, str]] = {
    1: N_("Som for de fleste"),
    2: N_("Viktig at avtaler holdes fast"),
    3: N_("Avgjørende at samme person blir"),
}
"""How much the service user depends on the contact staying (B12)."""

Sex = Literal["F", "M"]
CONTACT_PREFERENCES: Final[Mapping[str, str]] = {"F": N_("Helst en kvinne"), "M": N_("Helst en mann")}
"""Who the service user wants to meet, in the codes of the national number. No preference is no code."""


@dataclass(frozen=True, slots=True, order=True)
class ExactTime:
    """A weekday with clock times, as "tue" 16.15–18.00. A rare trait. ValueError unless it ends after it
    starts.
    """

    day: str
    start: time
    end: time

    def __post_init__(self) -> None:
        if self.day not in WEEKDAYS:
            raise ValueError(f"no such weekday: {self.day}")
        if self.start >= self.end:
            raise ValueError("an exact time must end after it starts")

    def covers(self, other: ExactTime) -> bool:
        """Whether all of `other` falls within this time."""
        return self.day == other.day and self.start <= other.start and other.end <= self.end


def age_band_of(age: int) -> str | None:
    """The band of an age in whole years; `None` under six, who have no band and are not posted. ValueError
    if negative.
    """
    if age < 0:
        raise ValueError("an age cannot be negative")
    band = None
    for start, code in _BAND_STARTS:
        if age >= start:
            band = code
    return band


def slot_day(slot: str) -> str:
    """The weekday of a slot: "tue" of "tue-pm"."""
    return slot.partition("-")[0]


def is_rare_skill(code: str) -> bool:
    """Whether the skill may be matched on but not displayed. KeyError for an unknown code."""
    return SKILLS[code].rare


def interest_codes(text: str) -> frozenset[str]:
    """The interests that a municipality's own words name, as in "Kino, svømming" or "kafé og turer".

    Words not known are passed over: the caseworker sees both the text and the codes, and corrects. What
    stands after a "no" within its phrase ("ikke svømming", "redd for hunder") is left out, since proposing
    what somebody dreads is worse than missing what they like.
    """
    found: set[str] = set()
    for phrase in re.split(r"[,;.:/\n|&+]|\bmen\b", _plain(text)):
        for word in re.findall(r"[^\W\d_]+", phrase):
            if word in _NEGATIONS:
                break
            if any(part in word for part in _DREADS):
                continue
            code = _code_of(word)
            if code:
                found.add(code)
    return frozenset(found)


_NEGATIONS: Final = frozenset(
    {"ikke", "ikkje", "ingen", "aldri", "redd", "unngå", "allergisk", "hater", "misliker"}
)
_DREADS: Final = ("allergi", "redsel", "skrekk")

# A trailing star means "and every word that begins so". Whole words where a beginning would take too much:
# "tur" would take "turn", "dans" would take "dansk", "spill" would take "spille".
_WORDS: Final[Mapping[str, str]] = {
    "climbing": "klatr* klatring* buldr* brattkort",
    "outdoors": "friluft* natur naturen skog skogen speider* telt* camping bålkos bål",
    "walking": "tur turer turar turgå* gåtur* fottur* fjelltur* skogstur* spaser* vandr* trilletur*",
    "fishing": "fiske fiska fisketur* fiskestang fluefiske isfiske",
    "skiing": "ski skitur* langrenn* alpin* slalåm* snowboard* skisport",
    "cycling": "sykkel* sykl* sykkeltur*",
    "swimming": "svøm* symj* bade bading badeland basseng* symjing",
    "football": "fotball*",
    "ballgames": "håndball* handball* basket* volleyball* innebandy* tennis* badminton* bordtennis*",
    "skating": "skate* skating rullebrett* skøyte* rulleskøyter sparkesykkel*",
    "training": "trening* trene trener styrke* treningssenter* løp* jogg* yoga gym turn* friidrett*",
    "martial": "kampsport* judo karate taekwondo boksing bryting",
    "dance": "dans danse dansing dansar danser zumba swing folkedans*",
    "riding": "ridning riding ride rir hest hester hestar hesten stall stallen rideskole*",
    "animals": "dyr dyra hund hunder hundar hunden hundetur* katt katter kattar kanin* marsvin kjæledyr*",
    "farm": "gård gården gard gardsarbeid gårdsarbeid* traktor* fjøs* bondegård*",
    "music": "musikk* musik spele* gitar* piano* trommer tromme* sang synge* kor koret korps* band karaoke",
    "concerts": "konsert* festival*",
    "theatre": "teater* revy* drama* skuespill* musikal*",
    "cinema": "kino kinoen kinotur* film filmer filmar",
    "reading": "lesing lese leser bok bøker bøkar bibliotek* tegneserie* lydbok* lydbøker litteratur*",
    "drawing": "tegn tegne tegning teikn* maling male kunst* akvarell*",
    "crafts": "håndarbeid* handarbeid* strikk* hekl* brodering sying sy søm perle* keramikk* veving",
    "building": "bygg* lego* snekr* modell* sløyd* elektronikk* mekke",
    "photo": "foto* filming kamera* video*",
    "gaming": "data dataspill* spill game* gaming gamer playstation* xbox nintendo minecraft fortnite pc",
    "boardgames": "brettspill* kortspill* sjakk* yatzy bingo puslespill* rollespill*",
    "cooking": "matlaging* mat lage bake* baking kokk* grille grilling kokkelering",
    "cafe": "kafe kafeer kafeen kafebesøk* kafetur* cafe kaffe restaurant* pizza",
    "shopping": "shopp* butikk* handle handling kjøpesenter* senteret",
    "bowling": "bowling*",
    "cars": "bil biler bilar motor* moped* gokart* mc mekking veteranbil*",
    "sport_watching": "fotballkamper kamper tribune* ishockeykamp* supporter*",
}
_WHOLE: Final = {
    word: code for code, words in _WORDS.items() for word in words.split() if not word.endswith("*")
}
# The longest beginning first, so that "brettspill*" is asked before a shorter one could answer.
_BEGINNINGS: Final = sorted(
    ((word[:-1], code) for code, words in _WORDS.items() for word in words.split() if word.endswith("*")),
    key=lambda pair: (-len(pair[0]), pair),
)


_ACCENTS: Final = str.maketrans("éèêóòöä", "eeeooøæ")


def _code_of(word: str) -> str | None:
    if word in _WHOLE:
        return _WHOLE[word]
    return next((code for beginning, code in _BEGINNINGS if word.startswith(beginning)), None)


def _plain(text: str) -> str:
    """Lower case, one form of each letter, and é as e; å, æ and ø stay letters of their own."""
    folded = unicodedata.normalize("NFC", text).casefold()
    return folded.translate(_ACCENTS)
