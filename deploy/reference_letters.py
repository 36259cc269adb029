"""The legal texts that letters quote, in Bokmål and Nynorsk, with the days they hold between (A6, A9, A13).

A changed law is a new row here and a last day on the old one: a letter written again for an older day reads as it did
then. `{name}` is filled by whoever writes the letter: weeks, municipality, governor, deadline.
"""

from __future__ import annotations

from datetime import date

import asyncpg

UPSERT = """
    INSERT INTO sammen.legal_text (code, language, valid_from, valid_to, body) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (code, language, valid_from) DO UPDATE SET valid_to = excluded.valid_to, body = excluded.body
"""
Row = tuple[str, str, date, date | None, str]
FROM_2012 = date(2012, 1, 1)
FROM_2023 = date(2023, 1, 1)

EAST = "Østfold, Buskerud, Oslo og Akershus"
# Where each Statsforvalter decides, by the county's number of 2024.
GOVERNORS = {
    "03": EAST, "11": "Rogaland", "15": "Møre og Romsdal", "18": "Nordland", "31": EAST, "32": EAST, "33": EAST,
    "34": "Innlandet",
    "39": "Vestfold og Telemark", "40": "Vestfold og Telemark", "42": "Agder", "46": "Vestland", "50": "Trøndelag",
    "55": "Troms og Finnmark", "56": "Troms og Finnmark",
}  # fmt: skip

# Code, first and last day, Bokmål, Nynorsk. Sources: pasient- og brukerrettighetsloven §§ 7-2 to 7-5; barnevernsloven
# § 12-9; forvaltningsloven §§ 11, 11 a, 12, 16, 18, 19, 28, 29, 31, 42.
TEXTS: tuple[tuple[str, date, date | None, str, str], ...] = (
    ("complaint.hol-3-2-6b", FROM_2012, None,
     "Er du uenig i vedtaket, kan du klage. Fristen er {weeks} uker fra du fikk dette brevet. Klagen skal være skriftlig, "
     "og du sender den til {municipality}. Skriv hva du er uenig i, og hva du ønsker i stedet. Du trenger ikke skrive mer.\n\n"
     "Først ser kommunen på saken en gang til. Endrer vi ikke vedtaket slik du ønsker, sender vi klagen til {governor}, som "
     "avgjør den. Reglene står i pasient- og brukerrettighetsloven kapittel 7.",
     "Er du usamd i vedtaket, kan du klage. Fristen er {weeks} veker frå du fekk dette brevet. Klaga skal vere skriftleg, "
     "og du sender henne til {municipality}. Skriv kva du er usamd i, og kva du ønskjer i staden. Du treng ikkje skrive "
     "meir.\n\nFørst ser kommunen på saka ein gong til. Endrar vi ikkje vedtaket slik du ønskjer, sender vi klaga til "
     "{governor}, som avgjer henne. Reglane står i pasient- og brukarrettslova kapittel 7."),
    ("complaint.bvl-3-1", FROM_2023, None,
     "Er du uenig i vedtaket, kan du klage. Fristen er {weeks} uker fra du fikk dette brevet. Du sender klagen til "
     "barneverntjenesten i {municipality}. Skriv hva du er uenig i, og hva du ønsker i stedet.\n\n"
     "Først ser barneverntjenesten på saken en gang til. Endrer vi ikke vedtaket slik du ønsker, sender vi klagen til "
     "{governor}, som avgjør den. Reglene står i barnevernsloven § 12-9 og forvaltningsloven § 29.",
     "Er du usamd i vedtaket, kan du klage. Fristen er {weeks} veker frå du fekk dette brevet. Du sender klaga til "
     "barneverntenesta i {municipality}. Skriv kva du er usamd i, og kva du ønskjer i staden.\n\n"
     "Først ser barneverntenesta på saka ein gong til. Endrar vi ikkje vedtaket slik du ønskjer, sender vi klaga til "
     "{governor}, som avgjer henne. Reglane står i barnevernslova § 12-9 og forvaltningslova § 29."),
    ("complaint", date(1970, 1, 1), None,
     "Er du uenig i vedtaket, kan du klage. Fristen er {weeks} uker fra du fikk dette brevet. Du sender klagen til "
     "{municipality}. Skriv hva du er uenig i, og hva du ønsker i stedet.\n\n"
     "Endrer vi ikke vedtaket slik du ønsker, sender vi klagen til {governor}, som avgjør den. Reglene står i "
     "forvaltningsloven §§ 28 og 29.",
     "Er du usamd i vedtaket, kan du klage. Fristen er {weeks} veker frå du fekk dette brevet. Du sender klaga til "
     "{municipality}. Skriv kva du er usamd i, og kva du ønskjer i staden.\n\n"
     "Endrar vi ikkje vedtaket slik du ønskjer, sender vi klaga til {governor}, som avgjer henne. Reglane står i "
     "forvaltningslova §§ 28 og 29."),
    ("complaint.help", date(1970, 1, 1), None,
     "Vi hjelper deg gjerne med å skrive klagen. Du kan også la en annen klage for deg, hvis du gir fullmakt. "
     "Klager du etter fristen, skriv hvorfor: Vi kan ta klagen likevel når det er gode grunner for det.",
     "Vi hjelper deg gjerne med å skrive klaga. Du kan òg la ein annan klage for deg, dersom du gir fullmakt. "
     "Klagar du etter fristen, skriv kvifor: Vi kan ta klaga likevel når det er gode grunnar for det."),
    ("complaint.postpone", date(1970, 1, 1), None,
     "Du kan be om at vedtaket ikke blir satt i verk før klagen er avgjort, se forvaltningsloven § 42.",
     "Du kan be om at vedtaket ikkje blir sett i verk før klaga er avgjord, sjå forvaltningslova § 42."),
    ("access", date(1970, 1, 1), None,
     "Du har rett til å se dokumentene i saken, med noen få unntak. Be oss om det, så får du dem. Reglene står i "
     "forvaltningsloven §§ 18 og 19.",
     "Du har rett til å sjå dokumenta i saka, med nokre få unntak. Be oss om det, så får du dei. Reglane står i "
     "forvaltningslova §§ 18 og 19."),
    ("interim", date(1970, 1, 1), None,
     "Når vi ikke kan svare innen en måned, skal du få vite hvorfor og når du kan vente svar. Det står i forvaltningsloven "
     "§ 11 a. Dette brevet er ikke et vedtak. Du får et nytt brev når saken er avgjort, og da kan du klage hvis du er uenig.",
     "Når vi ikkje kan svare innan ein månad, skal du få vite kvifor og når du kan vente svar. Det står i forvaltningslova "
     "§ 11 a. Dette brevet er ikkje eit vedtak. Du får eit nytt brev når saka er avgjord, og då kan du klage dersom du er "
     "usamd."),
    ("advance_notice", date(1970, 1, 1), None,
     "Før vi bestemmer oss, har du rett til å si hva du mener, se forvaltningsloven § 16. Skriv, ring eller kom innom innen "
     "{deadline}. Du kan ha med deg noen. Sier du ikke noe, avgjør vi saken ut fra det vi vet.",
     "Før vi bestemmer oss, har du rett til å seie kva du meiner, sjå forvaltningslova § 16. Skriv, ring eller kom innom innan "
     "{deadline}. Du kan ha med deg nokon. Seier du ikkje noko, avgjer vi saka ut frå det vi veit."),
)  # fmt: skip


def rows() -> list[Row]:
    """Every text as a row of `legal_text`, in both forms of Norwegian."""
    found: list[Row] = []
    for code, start, end, nb, nn in TEXTS:
        found += [(code, "nb", start, end, nb), (code, "nn", start, end, nn)]
    found += [("statsforvalter", "nb", date(2021, 1, 1), None, "Statsforvalteren"),
              ("statsforvalter", "nn", date(2021, 1, 1), None, "Statsforvaltaren")]  # fmt: skip
    for county, place in GOVERNORS.items():
        code = f"statsforvalter.{county}"
        found += [(code, "nb", date(2021, 1, 1), None, f"Statsforvalteren i {place}"),
                  (code, "nn", date(2021, 1, 1), None, f"Statsforvaltaren i {place}")]  # fmt: skip
    return found


async def put_in_place(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Write the legal texts, or bring them up to date. Harmless to run again; never removes a row."""
    await connection.executemany(UPSERT, rows())
