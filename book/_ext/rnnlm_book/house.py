"""Draw and list the grader's rooms, for the page on how it is built, from the package as it is when that is made."""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from rnnlm_figures.house import MODULES, PACKAGE, ROOMS, house, room_of

from .tables import Table


class House(SphinxDirective):
    """The rooms as a picture of what imports what."""

    def run(self):
        for path in MODULES.values():
            self.env.note_dependency(str(path))
        return [nodes.raw("", f'<figure class="drawing">{house().svg}</figure>', format="html")]


class RoomStatus(Table):
    """What each room is for, and its size."""

    head = "room | modules | lines"

    def rows(self):
        for room, what in ROOMS.items():
            sizes = [
                len(self.read(f"{PACKAGE.name}/{module}.py").splitlines())
                for module in MODULES
                if room_of(module) == room
            ]
            yield f"`{room}/`<br>{what}", str(len(sizes)), f"{sum(sizes):,}"


def setup(app):
    app.add_directive("house", House)
    app.add_directive("room-status", RoomStatus)
