"""Tests of the rule packs that come with the program."""
