"""Postcodes with a point each: public facts, the same for everybody."""

from __future__ import annotations

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Reference


class Postcode(Reference, Base):
    """A postcode, its municipality and its point in degrees (data/README.md: Erik Bolstad, CC BY 3.0).

    `inhabited`: letters are brought to street addresses there. Post boxes alone have nobody to weigh in a mean.
    """

    __tablename__ = "postcode"
    __table_args__ = (CheckConstraint("code ~ '^[0-9]{4}$'", name="code"),)
    code: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[str]
    municipality_code: Mapped[str]
    latitude: Mapped[float]
    longitude: Mapped[float]
    inhabited: Mapped[bool]
