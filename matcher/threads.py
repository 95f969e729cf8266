"""Work for a few threads, which comes back in its order.

numpy lets others run while it is at work. How many threads there are never depends on
the machine, and what they return not on which of them was first.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

AT_ONCE = 2
Part = TypeVar("Part")
Found = TypeVar("Found")


def in_order(work: Callable[[Part], Found], parts: Iterable[Part]) -> Iterator[Found]:
    """Yield what becomes of each part; so many are at work, and as many wait."""
    waiting: deque[Future[Found]] = deque()
    with ThreadPoolExecutor(AT_ONCE, "matcher") as threads:
        try:
            for part in parts:
                waiting.append(threads.submit(work, part))
                if len(waiting) > AT_ONCE:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for one in waiting:
                one.cancel()
