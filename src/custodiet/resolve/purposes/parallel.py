"""Label many texts on all processors of the machine; few texts stay in this process."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Final

from custodiet.resolve.purposes.classify import Match, Purposes, TextField, classify_texts

_BLOCK: Final = 25_000
_WORTH_A_SECOND_PROCESS: Final = 4 * _BLOCK
_MOST_PROCESSES: Final = 8

# What goes back between processes: plain tuples, since the texts are here already and objects are slow to send.
_Sent = tuple[tuple[str, ...], tuple[tuple[str, int, int, str, float], ...], bool]


def classify_many(texts: Sequence[str], *, field: TextField = "reason") -> list[Purposes]:
    """Label texts as :func:`classify_texts` does, the same result on any number of processors."""
    blocks = [texts[first : first + _BLOCK] for first in range(0, len(texts), _BLOCK)]
    processes = min(os.cpu_count() or 1, _MOST_PROCESSES)
    if len(texts) < _WORTH_A_SECOND_PROCESS or processes == 1:
        return [one for block in blocks for one in classify_texts(block, field=field)]
    # A fork would copy the engine's threads, so the workers start afresh.
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        done = pool.map(partial(send_results, field=field), blocks)
        return [
            receive_result(text, sent)
            for block, results in zip(blocks, done, strict=True)
            for text, sent in zip(block, results, strict=True)
        ]


def send_results(texts: Sequence[str], field: TextField) -> list[_Sent]:
    """Label texts and take the results apart, for another process."""
    return [
        (
            result.labels,
            tuple((one.label, one.start, one.end, one.entry, one.confidence) for one in result.matches),
            result.cut,
        )
        for result in classify_texts(texts, field=field)
    ]


def receive_result(text: str, sent: _Sent) -> Purposes:
    """Put a result that was taken apart together again."""
    labels, matches, cut = sent
    put_together = tuple(
        Match(label, start, end, text[start:end], entry, confidence) for label, start, end, entry, confidence in matches
    )
    return Purposes(text, labels, put_together, cut)
