"""The picture of the grader's rooms, and what it is drawn from: the imports of its modules."""

import ast
import re
from pathlib import Path

import rnnlm_grader

from .drawing import BLUE, BLUE_FILL, ORANGE, Drawing

PACKAGE = Path(rnnlm_grader.__file__).parent
ROOMS = dict(re.findall(r"^    (\S+)/ +(.+)", rnnlm_grader.__doc__, re.MULTILINE))  # from the highest → what is in it
MODULES = {path.relative_to(PACKAGE).with_suffix("").as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}


def room_of(module):
    """Return the innermost room that holds a module, named as in `MODULES`, or what is imported of it; None if none."""
    return next((room for room in ROOMS if f"{module}/".startswith(f"{room}/")), None)


def imported(path):
    """Yield what a file imports of the package: each module, or what it takes from one."""
    package = path.relative_to(PACKAGE.parent).parent.parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = [*package[: len(package) - node.level + 1]] if node.level else []
            names = [base + f"{node.module or ''}.{alias.name}".strip(".").split(".") for alias in node.names]
        else:
            continue
        yield from ("/".join(name[1:]) for name in names if name[0] == PACKAGE.name)


def rooms_used():
    """Return {room: the rooms that it imports}, both from the highest down."""
    used = {
        room: {room_of(name) for module, path in MODULES.items() if room_of(module) == room for name in imported(path)}
        for room in ROOMS
    }
    return {room: [other for other in ROOMS if other in used[room] and other != room] for room in ROOMS}


def house():
    """Return a drawing of the rooms as floors; on each hangs a line with a dot at every floor that it imports."""
    used, rooms = rooms_used(), list(ROOMS)
    left, step, high = 4.0, 0.7, 1.1
    picture = Drawing(10.2, high * len(rooms) + 0.3)
    for floor, room in enumerate(rooms):
        x, y = left + step * floor, 0.2 + floor * high
        picture.cell(0.1, y, "", fill=BLUE_FILL, width=left - 0.4)
        picture.text(0.3, y + 0.5, room.rpartition("/")[2], align="left", bold=True)
        reached = [y + 0.5 + high * (rooms.index(other) - floor) for other in used[room]]
        if reached:
            picture.axes.plot([left - 0.3, x, x], [y + 0.5, y + 0.5, max(reached)], color=BLUE)
        picture.axes.plot([x] * len(reached), reached, "o", color=ORANGE, markersize=7, zorder=3)
    told = [f"{room} imports {', '.join(others) or 'none'}" for room, others in used.items()]
    return picture.show(
        "The rooms of the grader as floors of a house, each of which imports only lower ones. "
        f"From the top: {'; '.join(told)}."
    )
