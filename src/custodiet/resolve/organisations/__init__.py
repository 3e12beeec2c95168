"""Organisations: what a name as released means. State, level, kind, place, status and one canonical name."""

from custodiet.resolve.organisations.model import Organisation
from custodiet.resolve.organisations.resolver import resolve_names

__all__ = ["Organisation", "resolve_names"]
