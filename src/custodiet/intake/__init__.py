"""Turn a file into disclosures of verbatim rows: containers, readers, formats, layout, typed load."""
