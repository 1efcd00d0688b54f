"""The journal: what is kept. A small abstract store, SQLite and DynamoDB beside each other, and a keeper in front."""

from skill.journal.caregiver import Key, caregiver_key
from skill.journal.entries import Asking, Entry, Member, Moment, Past, Place, Session, Standing
from skill.journal.keeper import Keeper
from skill.journal.settings import data_folder, open_store
from skill.journal.spill import Spill
from skill.journal.store import Store

__all__ = [
    "Asking",
    "Entry",
    "Keeper",
    "Key",
    "Member",
    "Moment",
    "Past",
    "Place",
    "Session",
    "Spill",
    "Standing",
    "Store",
    "caregiver_key",
    "data_folder",
    "open_store",
]
