"""How long does each page take to read? python benchmarks/reading.py [FOLDER]

A minute for 200 words, half a minute for an equation, a third of one for a cell with its output or figure. What is
folded away at first counts too. FOLDER is a checkout of the course; this one if left out.
"""

import re
import sys
from pathlib import Path

import jupytext


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1]
    toc = (root / "_toc.yml").read_text(encoding="utf-8")
    chapters, _, rest = toc.partition("caption: Exercises")
    for part, text in [("chapters", chapters), ("appendices", rest.partition("caption: For teachers")[0])]:
        pages = {name: root / "book" / f"{name}.md" for name in re.findall(r"file: book/(\S+)", text)}
        times = {name: minutes(path) for name, path in pages.items()}
        for name, time in times.items():
            print(f"{time:6.1f} min  {name}")
        print(f"{sum(times.values()) / 60:6.2f} h    {part}\n")


def minutes(path):
    """Return how many minutes a page takes."""
    notebook = jupytext.read(path, fmt="md:myst")
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    equations = re.findall(r"\$\$.*?\$\$", prose, re.DOTALL)
    prose = re.sub(r"\$\$.*?\$\$|^```.*?^```|^\(\S+\)=$", "", prose, flags=re.DOTALL | re.M)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return len(prose.split()) / 200 + len(equations) / 2 + len(cells) / 3


if __name__ == "__main__":
    main()
