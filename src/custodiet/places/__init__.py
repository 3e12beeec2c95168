"""Places and their clocks: states, counties, cities, time zones. Pure look-ups, no case, no engine."""
