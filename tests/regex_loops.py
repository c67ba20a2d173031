"""Graphs in general: what can be reached, and the loops."""

from collections.abc import Iterable, Iterator, Sized

Move = tuple[int, int, int]
"""Mask, target, and the number of ways."""


def while_growing(items: Sized) -> Iterator[int]:
    """Yield the indexes of a list, while the caller appends to it."""
    done = 0
    while done < len(items):
        yield done
        done += 1


def union(masks: Iterable[int]) -> int:
    """Return the bits of all masks."""
    union = 0
    for mask in masks:
        union |= mask
    return union


def sources_of(moves: list[list[Move]]) -> list[list[int]]:
    """Return for each position the positions that lead to it."""
    sources: list[list[int]] = [[] for _ in moves]
    for position, each in enumerate(moves):
        for _, target, _ in each:
            sources[target].append(position)
    return sources


def all_reached(start: Iterable[int], links: list[list[int]]) -> set[int]:
    """Return everything that is reached from some nodes, with these nodes."""
    reached = set(start)
    waiting = list(reached)
    while waiting:
        for target in links[waiting.pop()]:
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    return reached


def components(links: list[list[int]]) -> list[frozenset[int]]:
    """Return the strongly connected components, by Kosaraju's algorithm."""
    order: list[int] = []
    seen: set[int] = set()
    for root in range(len(links)):
        stack = [(root, iter(links[root]))] if root not in seen else []
        seen.add(root)
        while stack:
            node, targets = stack[-1]
            target = next((one for one in targets if one not in seen), None)
            if target is None:
                order.append(stack.pop()[0])
            else:
                seen.add(target)
                stack.append((target, iter(links[target])))
    sources: list[list[int]] = [[] for _ in links]
    for node, targets_of in enumerate(links):
        for target in targets_of:
            sources[target].append(node)
    components: list[frozenset[int]] = []
    placed: set[int] = set()
    for node in reversed(order):
        if node not in placed:
            component = _reached_within(node, sources, placed)
            placed |= component
            components.append(component)
    return components


def _reached_within(start: int, links: list[list[int]], excluded: set[int]) -> frozenset[int]:
    reached, waiting = {start}, [start]
    while waiting:
        for target in links[waiting.pop()]:
            if target not in reached and target not in excluded:
                reached.add(target)
                waiting.append(target)
    return frozenset(reached)
