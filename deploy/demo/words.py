# ruff: noqa: E501 - a sentence is easier to judge whole
"""What invented people say, and what caseworkers write about it, put together from their interests."""

from __future__ import annotations

import re
from collections.abc import Sequence

from deploy.demo.chance import Chance

# By interest: how one says that one likes it, what a goal looks like, what a meeting was used for.
SAYINGS: dict[str, tuple[str, str, str]] = {
    "climbing": ("å klatre", "å bli trygg nok til å klatre sammen med andre", "Klatret i hallen.|Buldret.|Klatret, og pølse etterpå."),
    "outdoors": ("å være i skogen", "å komme ut i naturen hver uke", "Bålkos i skogen.|Tur med kakao.|Fant en ny gapahuk."),
    "walking": ("å gå tur", "å komme ut og holde seg i form", "Gikk tur langs sjøen.|Rusletur.|Kveldstur i lysløypa."),
    "fishing": ("å fiske", "å ha noe fast å glede seg til", "Fisket fra brygga.|Fisketur, ingen fisk.|Dro opp to makrell."),
    "skiing": ("å gå på ski", "å bruke marka om vinteren", "Skitur.|Gikk på ski i lysløypa."),
    "cycling": ("å sykle", "å komme seg rundt på egen hånd", "Syklet til stranda.|Lang sykkeltur."),
    "swimming": ("å svømme", "å bli trygg i vann", "Svømmehallen.|Badet og tok badstue.|Svømte ti lengder."),
    "football": ("å spille fotball", "å få bli med på et lag", "Spilte fotball på løkka.|Trening med laget."),
    "ballgames": ("å spille ball", "å finne en idrett som passer", "Bordtennis.|Kastet kurv.|Badminton i hallen."),
    "skating": ("å skate", "å ha et sted å treffe andre", "Skateparken.|Stod på skøyter."),
    "training": ("å trene", "å bygge styrke og få faste vaner", "Trente styrke.|Gruppetime på treningssenteret.|Intervaller ute."),
    "dance": ("å danse", "å være sammen med andre uten å måtte snakke så mye", "Dansekurs.|Danset hjemme."),
    "riding": ("å ri", "å få mestre noe og ta ansvar", "Red i skogen.|Stelte hesten.|Ridetime."),
    "animals": ("dyr", "å få ro sammen med dyr", "Gikk tur med hunden.|Besøkte gården.|Stelte kaninene."),
    "music": ("musikk", "å få spille sammen med noen", "Øvde på gitar.|Karaoke.|Hørte plater."),
    "concerts": ("å gå på konsert", "å komme ut blant folk", "Konsert på kulturhuset.|Hørte korps i parken."),
    "theatre": ("teater", "å oppleve noe sammen med andre", "Så revyen.|Teater på kulturhuset."),
    "cinema": ("å gå på kino", "å gjøre det jevnaldrende gjør", "Kino.|Kino og pizza.|Filmkveld."),
    "reading": ("bøker", "å komme ut av huset i rolig tempo", "Biblioteket.|Leste høyt for hverandre.|Lånte nye bøker."),
    "drawing": ("å tegne og male", "å få vise fram det en lager", "Malte akvarell.|Tegnet.|Så på utstilling."),
    "crafts": ("håndarbeid", "å møte andre med samme interesse", "Strikkekafé.|Laget ferdig sokkene."),
    "building": ("å bygge lego", "å dele en interesse med noen", "Bygget lego.|Legoutstilling på biblioteket.|Snekret fuglekasse."),
    "gaming": ("å spille data", "å treffe dem en spiller med", "Spilte sammen.|Spillkveld på ungdomshuset."),
    "boardgames": ("brettspill", "å øve på å vinne og tape", "Brettspill.|Sjakk på kafeen.|Yatzy."),
    "cooking": ("å lage mat", "å klare hverdagen bedre selv", "Lagde taco.|Bakte boller.|Handlet og lagde middag."),
    "cafe": ("å gå på kafé", "å snakke med andre voksne", "Kafébesøk.|Kaffe og avis.|Is på brygga."),
    "shopping": ("å gå i butikker", "å bli trygg på å handle selv", "Handlet klær.|Tur på senteret."),
    "bowling": ("å bowle", "å være med på noe sosialt", "Bowling.|Bowling med to andre."),
    "cars": ("biler", "å lære noe nytt og ha det gøy", "Gokart.|Så på veteranbiler.|Mekket på mopeden."),
    "sport_watching": ("å se kamp", "å høre til blant dem som heier", "Så kamp på stadion.|Fotballkamp."),
}  # fmt: skip
CHILD = (
    "Jeg liker {a}, men jeg har ingen å gjøre det med.",
    "Det beste jeg vet er {a}. Og {b}.",
    "Jeg vil ha en som er litt eldre enn meg, og som også liker {a}.",
    "Jeg vil gjøre noe uten at mamma ser på. Helst {a}.",
    "Hvis det er noe med {a}, vil jeg være med hver uke.",
    "Jeg vil finne en venn. Vi kan drive med {a} eller {b}.",
)
ADULT = (
    "Jeg sitter mye hjemme. Før var {a} det jeg gledet meg til.",
    "Jeg vil ut og treffe folk, gjerne med {a}.",
    "Det er lettere å komme seg ut når noen henter meg. Jeg liker {a} og {b}.",
    "Jeg savner {a}. Det er ikke det samme alene.",
    "En fast dag i uka hadde vært fint, da kan jeg planlegge. Kanskje {a}.",
    "Jeg vil klare mer selv. {b} først, så {a}.",
)
REASONS = (
    "Har få å være sammen med på fritida og ønsker {a}. Trenger følge for å komme i gang, og vil øve på å klare det selv.",
    "Kartleggingen viser at fritida er lite variert. {a} er noe som gir overskudd, og en fast avtale gjør det lettere å møte opp.",
    "Familien stiller opp mye og trenger avlastning i hverdagen. Hjelp til {a} og {b} gir en egen arena utenfor hjemmet.",
    "Har deltatt på {a} før, men falt fra da støtten tok slutt. Uten følge blir det ingen aktivitet.",
    "Trenger noen som kjenner behovene godt. {a} er valgt sammen med bruker, og omfanget er det som trengs for å holde det i gang.",
    "Bor alene og har lite kontakt med andre. {a} er en god vei inn i et fellesskap.",
)
NEEDS = (
    "Trenger noen som er tålmodig og gir tid.", "Bør få beskjed i god tid om endringer.", "Trenger følge på buss.",
    "Klarer det meste selv når noen er med.", "Trives best med én om gangen.", "Trenger hjelp til å ta kontakt med andre.",
)  # fmt: skip
NETWORK = (
    "Bor med familien. Få jevnaldrende på fritida.", "Har god kontakt med søsken, ellers lite nettverk.",
    "Bor alene. Naboen ser innom.", "To venner fra skolen, men ser dem sjelden.", "Familien bor et annet sted i landet.",
)  # fmt: skip
RETURNED = (
    "Datoen stemmer ikke med det vi avtalte. Kan du sjekke?",
    "Skriv hva dere gjorde.",
    "Utgiften er over avtalen.",
)
GROUPS = {
    "climbing": "klatring", "swimming": "svømming", "cooking": "matlaging", "music": "musikk", "walking": "turgruppe",
    "bowling": "bowling", "gaming": "spillkveld", "crafts": "håndarbeid", "football": "fotball", "cafe": "kafé",
}  # fmt: skip


EVALUATED = (
    "Det er det beste i uka. Jeg vil at det skal fortsette.",
    "Vi har funnet på mye. Jeg liker {a}, og nå tør jeg mer alene.",
    "Han er aldri for sein, og vi ler mye.",
    "Jeg går ikke like mye hjemme lenger.",
    "Jeg skulle ønske vi kunne møtes litt oftere. Særlig når det er {a}.",
    "Det var litt rart i starten. Nå gleder jeg meg til hver gang.",
    "Vi prøvde {b}, det var ikke noe for meg. Men {a} er bra.",
    "Jeg har blitt kjent med to til på min alder.",
)
SEEN = (
    "Møter fram selv, og tar oftere kontakt med andre.", "Har fått en fast dag i uka som blir holdt.",
    "Er tryggere ute blant folk enn for et år siden.", "Trenger fortsatt følge, men planlegger mer selv.",
)  # fmt: skip


def evaluated(chance: Chance, interests: Sequence[str]) -> str:
    """What somebody says of the service at an evaluation."""
    return _filled(chance.choice(EVALUATED), interests)


def content(interests: Sequence[str]) -> str:
    """What the hours are to be used for, as a decision says it."""
    first, last = liking(interests[0]), liking(interests[-1])
    text = f"følge til {first}" if first == last else f"følge til {first} og {last}"
    return (
        text.replace("til å ", "og støtte til å ")[:1].upper()
        + text.replace("til å ", "og støtte til å ")[1:]
        + "."
    )


def liking(code: str) -> str:
    """An interest as the object of "jeg liker"."""
    return SAYINGS[code][0]


def own_words(chance: Chance, interests: Sequence[str], *, child: bool) -> str:
    """What somebody said in the mapping."""
    return _filled(chance.choice(CHILD if child else ADULT), interests)


def reasons(chance: Chance, interests: Sequence[str]) -> str:
    """Why a decision came out as it did."""
    return _filled(chance.choice(REASONS), interests)


def goal(interests: Sequence[str]) -> str:
    """What the service is for."""
    return SAYINGS[interests[0]][1][:1].upper() + SAYINGS[interests[0]][1][1:] + "."


def meeting(chance: Chance, interests: Sequence[str]) -> str:
    """What a meeting was used for. Names nobody and no place one could find."""
    return chance.choice(SAYINGS[chance.choice(interests)][2].split("|"))


def _filled(sentence: str, interests: Sequence[str]) -> str:
    text = sentence.format(a=liking(interests[0]), b=liking(interests[-1]))
    return re.sub(r"(?:^|(?<=[.!?] ))[a-zæøå]", lambda found: found[0].upper(), text)
