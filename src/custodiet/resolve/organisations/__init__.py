"""Organisations: what a name as released means. State, level, kind, place, status and one canonical name."""

from custodiet.resolve.organisations.model import Organisation
from custodiet.resolve.organisations.resolver import resolve_names
from custodiet.resolve.organisations.table import organisation_rows, update_organisations

__all__ = ["Organisation", "organisation_rows", "resolve_names", "update_organisations"]
