"""Purposes: what stated reasons, offence values and prompts say, by a published taxonomy."""

from custodiet.resolve.purposes.classify import Match, Purposes, TextField, classify_texts
from custodiet.resolve.purposes.parallel import classify_many
from custodiet.resolve.purposes.stored import update_purposes

__all__ = ["Match", "Purposes", "TextField", "classify_many", "classify_texts", "update_purposes"]
