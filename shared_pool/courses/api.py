"""What other slices may use of courses: the seats a municipality has had in courses that others held."""

from __future__ import annotations

from shared_pool.courses.queries import HeldSeats, seats_held

__all__ = ["HeldSeats", "seats_held"]
