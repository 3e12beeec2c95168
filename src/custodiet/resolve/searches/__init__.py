"""Searches: which records of many logs are one search, how that was told, and what cannot be told."""

from custodiet.resolve.searches.link import update_searches

__all__ = ["update_searches"]
