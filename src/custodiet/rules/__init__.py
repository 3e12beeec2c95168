"""The rule language: schema, loading, one condition tree, two evaluators of it tested against each other."""
