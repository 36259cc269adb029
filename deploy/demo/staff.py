"""Who works where. Those of the front page have names of their own; the others are drawn."""

from __future__ import annotations

from uuid import UUID

from deploy.demo import names
from deploy.demo.personas import presented
from deploy.demo.town import Making, Town
from sammen.policy.roles import Role

# Named so that the pages can be told about: everybody else is drawn by chance.
NAMED: dict[str, tuple[tuple[str, tuple[Role, ...]], ...]] = {
    "0701": (
        ("Hanne Myhre", (Role.PURCHASER_CHILD, Role.PURCHASER_ADULT)),
        ("Ingrid Solum", (Role.PURCHASER_CHILD, Role.PURCHASER_ADULT)),
        ("Ole Bakkan", (Role.PURCHASER_ADULT,)),
        ("Silje Aune", (Role.PURCHASER_CHILD,)),
        ("Kari Lunde", (Role.PROVIDER_COORDINATOR,)),
        ("Torunn Haslestad", (Role.MANAGER,)),
    ),
    "0709": (("Rune Sletta", (Role.PROVIDER_COORDINATOR,)),),
}
PRESENTED = {
    ("0701", Role.DATA_PROTECTION_OFFICER): "Tora Lien",
    ("0701", Role.PAYROLL): "Gro Heide",
    ("0701", Role.MUNICIPALITY_ADMINISTRATOR): "Leif Tangen",
    ("0716", Role.PROVIDER_COORDINATOR): "Gunnhild Solvang",
}
"""Those drawn like everybody, but for the name: so that nobody else is drawn otherwise for their sake."""
EVERYWHERE = (
    Role.PURCHASER_CHILD, Role.PURCHASER_ADULT, Role.PURCHASER_CHILD_WELFARE, Role.PROVIDER_COORDINATOR, Role.PAYROLL,
    Role.MANAGER, Role.DATA_PROTECTION_OFFICER, Role.MUNICIPALITY_ADMINISTRATOR,
)  # fmt: skip
REGION = (
    ("Eirik Fossum", Role.SHARED_COORDINATOR), ("Berit Aasen", Role.STEERING_GROUP_MEMBER),
    ("Svein Lahelle", Role.STEERING_GROUP_MEMBER), ("Wenche Ask", Role.STEERING_GROUP_MEMBER),
    ("Per Anders Kilen", Role.STEERING_GROUP_MEMBER), ("Nina Gogstad", Role.STEERING_GROUP_MEMBER),
    ("Marianne Klever", Role.PROJECT_MANAGER), ("Jostein Ravn", Role.COURSE_COORDINATOR),
    ("Ragnhild Moen", Role.PARTNER),
)  # fmt: skip


def hire_staff(town: Town) -> None:
    """Everybody a municipality needs: the named ones, and somebody for each role that is left."""
    for name, roles in NAMED.get(town.place.code, ()):
        town.hire(name, *roles, presented=presented(name))
    for role in EVERYWHERE:
        if role not in town.staff:
            given, family, _ = names.name(town.chance, town.chance.choice("FM"), town.born(28, 64))
            name = PRESENTED.get((town.place.code, role), f"{given} {family}")
            town.hire(name, role, presented=presented(name))


def hire_for_region(making: Making) -> dict[str, UUID]:
    """The collaboration's own people, and the one who keeps it running; user ids by name."""
    made = {
        name: making.add_user(name, "vestfold", [(role, making.region_id)], presented=presented(name))
        for name, role in REGION
    }
    made["Dina Norli"] = making.add_user(
        "Dina Norli", "drift", [(Role.OPERATOR, None)], presented=presented("Dina Norli")
    )
    return made
