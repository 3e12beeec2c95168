"""Check a bundle: files, signature, proofs, numbers. Needs no case, no engine, and nothing of ours but the model."""

from custodiet.verify.check import verify_bundle
from custodiet.verify.originals import GivenOriginal, compare_originals, match_originals, obstacles
from custodiet.verify.result import Fault, Verdict
from custodiet.verify.whole import compare_published

__all__ = [
    "Fault",
    "GivenOriginal",
    "Verdict",
    "compare_originals",
    "compare_published",
    "match_originals",
    "obstacles",
    "verify_bundle",
]
