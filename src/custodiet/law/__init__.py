"""The law on a case: outcomes, indicators, their sensitivity, reviews and findings."""
