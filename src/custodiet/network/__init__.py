"""Sharing between organisations: who can reach whose data, through which hub, and what would unplug it.

The room asks about organisations only. No question has a person, a plate or an
account as its key, and no table or file made here holds one.
"""

from custodiet.network.changes import changes_between
from custodiet.network.chapter import ReachChapter, reach_chapter, reach_chapters
from custodiet.network.network import Network
from custodiet.network.spans import update_share_spans
from custodiet.network.use import declared_and_observed

__all__ = [
    "Network",
    "ReachChapter",
    "changes_between",
    "declared_and_observed",
    "reach_chapter",
    "reach_chapters",
    "update_share_spans",
]
