"""Words, tables, problems and errors that every room shares; imports nothing of ours."""
