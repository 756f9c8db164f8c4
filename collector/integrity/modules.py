# SPDX-License-Identifier: Apache-2.0
"""Modules that the kernel has and does not list. It keeps them in several places: the list that
/proc/modules shows, the objects behind /sys/module, the tree by which addresses find their module;
and our own program saw those that came since it is there. Who hides takes itself off some of them.
"""

import enum
import struct
import time
from collections.abc import Callable, Iterator

from collector.integrity.finding import Found, View
from collector.integrity.memory import Memory, Unreadable
from collector.integrity.symbols import shown_modules

_NAME_MAX = 56  # bytes of a module's name
_MODULES_MAX = 4096  # a longer list goes round in circles
_SETTLES = 0.2  # seconds: a module that just comes or goes is in some places and not in others
_GOING, _UNFORMED = 2, 3  # enum module_state


class Where(enum.IntFlag):
    """Where a hidden module was found (`flags` of hidden_kernel_module_seeker)."""

    LIST = 1  # in the kernel's list, but /proc/modules does not show it
    OBJECTS = 2
    TREE = 4
    SEEN_LOADED = 8


def check(view: View, loaded: Callable[[], set[int]]) -> Iterator[Found]:
    """`loaded`: addresses of modules that came and did not go since the collector is there.

    What is found twice, some time between, is no module that just comes or goes.
    """
    suspects = _hidden(view, loaded())
    if suspects:
        time.sleep(_SETTLES)
        again = _hidden(view, loaded())
        for module in sorted(suspects.keys() & again.keys()):
            yield from _told(view.memory, module, again[module])


def _hidden(view: View, loaded: set[int]) -> dict[int, Where]:
    """Module → where it was found, without those that are listed and shown."""
    memory = view.memory
    listed = set(_listed(view))
    shown = {name.encode() for name in shown_modules()}
    found: dict[int, Where] = {}
    places = (
        (Where.LIST, {one for one in listed if _name(memory, one) not in shown}),
        (Where.OBJECTS, set(_objects(view)) - listed),
        (Where.TREE, set(_tree(view)) - listed),
        (Where.SEEN_LOADED, loaded - listed),
    )
    for where, modules in places:
        for module in modules:
            if _lives(memory, module):
                found[module] = found.get(module, Where(0)) | where
    return found


def _lives(memory: Memory, module: int) -> bool:
    """Whether it is there and in use, and not on its way."""
    try:
        return memory.number(module, "module", "state") not in (_GOING, _UNFORMED)
    except Unreadable:
        return False


def _told(memory: Memory, module: int, where: Where) -> Iterator[Found]:
    name, source = _name(memory, module), b""
    checksum = memory.pointer(module, "module", "srcversion")
    if checksum:
        source = memory.text(checksum)
    texts = {"name": name, "srcversion": source}
    numbers = {"address": module, "flags": int(where)}
    yield Found("hidden_kernel_module_seeker", texts | numbers)
    yield Found("hidden_kernel_module", texts | {"address": f"{module:x}"})


def _name(memory: Memory, module: int) -> bytes:
    at = module + memory.structures.offset("module", "name")
    return memory.read(at, _NAME_MAX).partition(b"\0")[0]


def _listed(view: View) -> Iterator[int]:
    """The kernel's own list. Raises LookupError where it is not to be found."""
    head = view.symbols.address("modules")
    if head is None:
        raise LookupError("the list of modules is not to be found (CONFIG_KALLSYMS_ALL)")
    inside = view.memory.structures.offset("module", "list")
    for node in _nodes(view.memory, head):
        yield node - inside


def _nodes(memory: Memory, head: int) -> Iterator[int]:
    """The nodes of a struct list_head."""
    node = memory.word(head)
    for _ in range(_MODULES_MAX):
        if node == head:
            return
        yield node
        node = memory.word(node)


def _objects(view: View) -> Iterator[int]:
    """Modules of the objects behind /sys/module; what is built in has no module."""
    memory, place = view.memory, view.symbols.address("module_kset")
    if place is None:
        return
    head = memory.word(place) + memory.structures.offset("kset", "list")
    inside = memory.structures.offset("module_kobject", "kobj")
    inside += memory.structures.offset("kobject", "entry")
    for node in _nodes(memory, head):
        module = memory.pointer(node - inside, "module_kobject", "mod")
        if module:
            yield module


def _tree(view: View) -> Iterator[int]:
    """Modules of the tree by address. It is kept twice, and one of the two is whole."""
    memory, place = view.memory, view.symbols.address("mod_tree")
    if place is None or not memory.structures.has("mod_tree_root", "root"):
        return
    for copy in ("0", "1"):
        root = memory.pointer(place, "mod_tree_root", f"root.tree.{copy}.rb_node")
        inside = memory.structures.offset("mod_tree_node", f"node.node.{copy}")
        for node in _branches(memory, root):
            yield memory.pointer(node - inside, "mod_tree_node", "mod")


def _branches(memory: Memory, root: int) -> Iterator[int]:
    """The nodes of a struct rb_root."""
    right = memory.structures.offset("rb_node", "rb_right")
    left = memory.structures.offset("rb_node", "rb_left")
    waiting, seen = [root], 0
    while waiting and seen < 4 * _MODULES_MAX:
        node = waiting.pop()
        if node:
            seen += 1
            yield node
            waiting += (memory.word(node + right), memory.word(node + left))


def addresses(keys: Iterator[bytes]) -> set[int]:
    """Of the keys of the map `loaded_modules`."""
    return {struct.unpack("<Q", key)[0] for key in keys}
