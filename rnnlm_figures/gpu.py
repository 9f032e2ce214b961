"""The figure of the GPU: why a loop of small products leaves it idle."""

from .drawing import BLUE, BLUE_FILL, FAINT, ORANGE, ORANGE_FILL, SMALL, Drawing


def one_large_or_many_small():
    """Return a drawing of when a GPU works: during one large product, and during five small ones."""
    picture = Drawing(10, 10.4)
    picture.text(0.2, 0.5, "one large product", align="left", bold=True, colour=BLUE)
    picture.text(0.2, 1.7, "Python", align="left", size=SMALL)
    picture.text(0.2, 3.5, "GPU", align="left", size=SMALL)
    picture.cell(1.9, 1.2, "start", width=1.3)
    picture.arrow((3.2, 2.2), (3.6, 2.95))
    picture.cell(3.3, 3, "multiply", fill=BLUE_FILL, width=6.4)
    picture.text(0.2, 5.5, "a loop of small ones", align="left", bold=True, colour=ORANGE)
    picture.text(0.2, 6.7, "Python", align="left", size=SMALL)
    picture.text(0.2, 8.5, "GPU", align="left", size=SMALL)
    for k in range(5):
        x = 1.9 + 1.4 * k
        picture.cell(x, 6.2, "start", width=1.3)
        picture.arrow((x + 1.3, 7.2), (x + 1.5, 7.95))
        picture.cell(x + 1.4, 8, "", fill=ORANGE_FILL, width=0.3)
    picture.text(5, 9.7, "the GPU waits most of the time", colour=FAINT)
    return picture.show("""Above, Python starts one large product and the GPU is busy with it for long. Below, Python
        starts five small products one after the other; each keeps the GPU busy for a moment only, and between them it
        waits.""")
