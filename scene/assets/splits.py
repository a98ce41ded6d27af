"""Which models belong to training, validation and test: disjoint, complete, the same on every machine. No bpy here.

Within each class the models are put into an order that only their names decide (by their SHA-256, so that it has
nothing to do with the alphabet), and that order is cut at the shares. Shares are exact to one model; where a class has
models enough, no share that was asked for is empty. Classes of a single model are split among each other, as if they
were one: the test share then holds objects that training has never seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

SPLITS = ("train", "val", "test")


def members(models: Sequence[tuple[str, str]], split: str, shares: Sequence[int], limit: Sequence[int]) -> list[int]:
    """The indices, in order, of the models to take.

    ``models`` are (class, place) pairs: a place is a path that is the same on every machine. ``split`` is ``all`` or
    one of train, val and test, which get ``shares``; ``limit`` is for each model the number of models of its class that
    are taken at most, 0 for all.
    """
    classes: dict[str, list[int]] = {}
    for index, (name, _) in enumerate(models):
        classes.setdefault(name, []).append(index)
    single = [indices[0] for indices in classes.values() if len(indices) == 1]
    taken: list[int] = []
    counts: dict[str, int] = {}
    for indices in [*(indices for indices in classes.values() if len(indices) > 1), single]:
        order = sorted(indices, key=lambda index: (_digest(models[index][1]), index))
        if split != "all":
            sizes = cut(len(order), shares)
            start = sum(sizes[: SPLITS.index(split)])
            order = order[start : start + sizes[SPLITS.index(split)]]
        for index in order:
            name = models[index][0]
            counts[name] = counts.get(name, 0) + 1
            if not limit[index] or counts[name] <= limit[index]:
                taken.append(index)
    return sorted(taken)


def cut(count: int, shares: Sequence[int]) -> list[int]:
    """How many of ``count`` models each share gets: whole numbers that add up, by the largest remainders.

    A share above 0 gets at least one model as long as there are as many models as such shares; the largest gives it.
    """
    total = sum(shares)
    if total == 0:
        return [0] * len(shares)
    sizes = [count * share // total for share in shares]
    remainders = sorted(range(len(shares)), key=lambda index: (-(count * shares[index] % total), index))
    for index in remainders[: count - sum(sizes)]:
        sizes[index] += 1
    if count >= sum(share > 0 for share in shares):
        for index, share in enumerate(shares):
            if share > 0 and sizes[index] == 0:
                sizes[sizes.index(max(sizes))] -= 1
                sizes[index] = 1
    return sizes


def _digest(place: str) -> bytes:
    return hashlib.sha256(place.encode("utf-8", "surrogateescape")).digest()
