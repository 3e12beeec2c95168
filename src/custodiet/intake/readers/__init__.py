"""Readers: bytes of one kind to raw tables; they give no meaning to a cell."""
