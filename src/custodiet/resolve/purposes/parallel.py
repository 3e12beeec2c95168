"""Label many texts on all processors of the machine; few texts stay in this process."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Final

from custodiet.resolve.purposes.classify import Purposes, TextField, classify_texts

_BLOCK: Final = 25_000
_WORTH_A_SECOND_PROCESS: Final = 4 * _BLOCK
_MOST_PROCESSES: Final = 8


def classify_many(texts: Sequence[str], *, field: TextField = "reason") -> list[Purposes]:
    """Label texts as :func:`classify_texts` does, the same result on any number of processors."""
    blocks = [texts[first : first + _BLOCK] for first in range(0, len(texts), _BLOCK)]
    processes = min(os.cpu_count() or 1, _MOST_PROCESSES)
    if len(texts) < _WORTH_A_SECOND_PROCESS or processes == 1:
        return [one for block in blocks for one in classify_texts(block, field=field)]
    # A fork would copy the engine's threads, so the workers start afresh.
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        done = pool.map(partial(classify_texts, field=field), blocks)
        return [one for block in done for one in block]
