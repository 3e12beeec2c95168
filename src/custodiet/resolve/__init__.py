"""Resolve names, searches and purposes to what they mean."""
