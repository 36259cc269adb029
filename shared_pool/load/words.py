"""What a light means, in words: a colour is never alone on a page."""

from __future__ import annotations

from sammen.i18n_mark import N_
from sammen.web.i18n import translate
from shared_pool.load.service import OwnLight

COLOURS = {"green": N_("Grønt lys"), "yellow": N_("Gult lys"), "red": N_("Rødt lys")}
OWN = {
    "green": N_("Du har få timer til sammen."),
    "yellow": N_("Du har en del timer til sammen. Tenk deg om før du tar flere."),
    "red": N_("Du har mange timer til sammen. Si fra hvis det blir for mye."),
}
SHOWN = {
    "green": N_("Få timer til sammen."),
    "yellow": N_("En del timer til sammen. Spør før du foreslår flere."),
    "red": N_("Mange timer til sammen. Spør om det er for mye."),
}


def own_words(light: OwnLight | None, language: str) -> tuple[str, str, str] | None:
    """(colour, its name, what it means) for the contact; None while the light is off or not counted yet."""
    if light is None or light.light is None:
        return None
    return light.light, translate(language, COLOURS[light.light]), translate(language, OWN[light.light])


def shown_words(light: str, language: str) -> tuple[str, str, str]:
    """The same for the coordinator."""
    return light, translate(language, COLOURS[light]), translate(language, SHOWN[light])
