"""Names for invented people: Statistics Norway's common ones, and some that such lists leave out."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from deploy.demo.chance import Chance
from deploy.demo.places import names_from

# What children are called now and what the old are called, beside the common names of all ages.
YOUNG = {
    "F": "Maja Live Vilde Amalie Nora Emma Ella Olivia Sofie Frida Selma Hedda Tuva Ylva Leah Iben Thea Mia",
    "M": "Noah Theo Odin Aksel Jakob Emil Lucas Oliver Isak Sander Filip Liam Mats Leon Ludvig Ulrik Kasper Elias",
}
OLD = {
    "F": "Bjørg Gerd Turid Solveig Åse Reidun Ruth Aud Else Inger Marit Lillian Sigrid Borghild Gudrun",
    "M": "Olav Knut Torstein Arne Kåre Magne Odd Einar Harald Rolf Asbjørn Ivar Sverre Leif Ragnvald Halvor",
}
DOUBLE = {
    "F": "Anne-Lise Inger-Marie Ann-Kristin Else-Marie Siv-Anita",
    "M": "Tor-Arne Jan-Erik Ole-Martin Per-Kristian",
}
SAMI = {"F": "Máret Elle Inga Ravna Sárá Biret", "M": "Áilu Niillas Máhtte Ánte Jovnna Issát"}
SAMI_FAMILY = "Gaup Utsi Eira Hætta Somby Guttorm Sara Valkeapää Oskal"
# (language spoken as the vocabulary has it, women, men, family names)
FROM_ELSEWHERE = (
    ("so", "Amina Hodan Ifrah Sagal", "Yusuf Abdi Liban Warsame", "Warsame Abdullahi Farah Osman"),
    ("ar", "Layla Mariam Rana Yasmin", "Omar Karim Samir Bilal", "Haddad Khalil Mansour Saleh"),
    (
        "pl",
        "Agnieszka Katarzyna Zofia Hanna",
        "Jakub Paweł Tomasz Piotr",
        "Kowalski Nowak Wiśniewski Zieliński",
    ),
    ("vi", "Linh Mai Thanh Ngoc", "Minh Duc Huy Long", "Nguyen Tran Pham Le"),
    ("ti", "Selam Luwam Rahwa Miriam", "Yonas Filmon Robel Samuel", "Tesfay Gebremedhin Haile Kidane"),
    ("ku", "Berivan Zilan Rojin Nasrin", "Azad Baran Dilan Sivan", "Aziz Demir Kaya Rashid"),
    (
        "uk",
        "Oksana Iryna Kateryna Daryna",
        "Andrij Oleksandr Bohdan Taras",
        "Shevchenko Kovalenko Bondar Melnyk",
    ),
    ("fa", "Shirin Zahra Parisa Nilofar", "Reza Farhad Navid Mehdi", "Ahmadi Hosseini Karimi Rezai"),
)
LOCAL_FAMILY = (
    "Bergli Fjære Tveit Sørby Brekke Østby Engh Løken Viken Kverne Ahlmann Nygård Stranda Solstad Holtan"
)


@lru_cache(maxsize=1)
def _common() -> tuple[dict[str, list[str]], list[str]]:
    given = {sex: list(names_from("first_names.csv", "name", sex=sex)) for sex in ("F", "M")}
    return given, [*names_from("surnames.csv", "surname"), *LOCAL_FAMILY.split()]


def family_name(chance: Chance) -> str:
    """A common family name, now and then two."""
    families = _common()[1]
    first = chance.choice(families)
    return f"{first} {chance.choice(families)}" if chance.often(0.05) else first


def name(chance: Chance, sex: str, birth: date) -> tuple[str, str, str]:
    """(given, family, language spoken beside Norwegian or "") that suit somebody of that age."""
    if chance.often(0.09):
        language, women, men, families = chance.choice(FROM_ELSEWHERE)
        return (
            chance.choice((women if sex == "F" else men).split()),
            chance.choice(families.split()),
            language,
        )
    if chance.often(0.015):
        return chance.choice(SAMI[sex].split()), chance.choice(SAMI_FAMILY.split()), "se"
    if chance.often(0.03):
        return chance.choice(DOUBLE[sex].split()), family_name(chance), ""
    if birth.year >= 2000 and chance.often(0.7):
        return chance.choice(YOUNG[sex].split()), family_name(chance), ""
    if birth.year <= 1958 and chance.often(0.8):
        return chance.choice(OLD[sex].split()), family_name(chance), ""
    return chance.choice(_common()[0][sex]), family_name(chance), ""
