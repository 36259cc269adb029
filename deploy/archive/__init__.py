"""A municipality's archive: taken out, looked over, put in elsewhere, and the leaving that follows (docs/archive.md)."""
