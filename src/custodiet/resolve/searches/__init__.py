"""Searches: which records of many logs are one search, how that was told, and what cannot be told."""

from custodiet.resolve.searches.basis import MEANING, Basis
from custodiet.resolve.searches.differences import Differential, redaction_differential
from custodiet.resolve.searches.link import update_searches
from custodiet.resolve.searches.sessions import sessions, storms

__all__ = ["MEANING", "Basis", "Differential", "redaction_differential", "sessions", "storms", "update_searches"]
