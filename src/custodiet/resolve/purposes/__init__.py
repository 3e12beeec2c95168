"""Purposes: what stated reasons, offence values and prompts say, by a published taxonomy."""
