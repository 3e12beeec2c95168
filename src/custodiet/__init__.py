"""Audit how government shares and searches personal data.

Disclosures go in, findings that can be cited come out. Read ``pipeline.py``
first: it is the main path. custodiet looks at institutions; no function here
takes or returns a record about a person who was searched for.
"""

__version__ = "0.1.0"
