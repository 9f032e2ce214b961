"""Let a live figure take the place of a picture that names one: `Figure(..., live="farm")` in a chapter.

The picture is put into an element `<live-farm>`, and a page that has one loads `_static/live/farm.js`, which draws
there. What follows the name, as in "farm compact", becomes an attribute. Without JavaScript, on paper and in a
downloaded notebook the picture stays. Data that a figure needs comes with its picture (`Figure(..., given=...)`) or is
put into the element here, because a page opened from disk may not fetch a file; only the teller's many weights come as
a script, when the reader gets near. A `Question` comes as such an element already, and so do the table of progress and
reviews.
"""

import base64
import functools
import hashlib
import json
import re
import string
from pathlib import Path

import numpy as np

from rnnlm_figures import teller
from rnnlm_figures.mattered import all_mattered
from rnnlm_figures.rnnlm import KINDS
from rnnlm_ref.model import Rnnlm
from rnnlm_ref.pretrained import FARM, animal_factors, farm_model
from rnnlm_ref.source import SOUNDS, farm
from rnnlm_ref.text import Vocabulary


@functools.cache
def farm_data():
    """Return the farm's words and weights, and the sums that say which animal a text is about, as JSON."""
    animals, factors = animal_factors(*farm_model(np.float64))
    stored = json.loads(FARM.read_text(encoding="utf-8"))
    return json.dumps(stored | {"animals": animals, "factors": factors.tolist()}, separators=(",", ":"))


@functools.cache
def mattered_data(mode):
    """Return a text's words, and for each how likely both networks find it and how much each earlier one matters."""
    words, asked, found = all_mattered(mode.strip())
    networks = {
        name: [[round(p, 7), np.round(shares, 7).tolist()] for p, shares in places] for name, places in found.items()
    }
    return json.dumps({"words": words, "asked": asked, "networks": networks}, separators=(",", ":"))


@functools.cache
def training_data():
    """Return the text of chapter 7, a letter for each phrase, the first numbers of its model, and the bars to beat."""
    source = farm()
    words = source.sample(80_000, rng=0)
    vocabulary = Vocabulary(words)
    phrases = re.findall(r"(?:\w+ )?the \w+|\w+ \.|\w+", " ".join(words))
    letters = dict(zip(dict.fromkeys(phrases), string.ascii_letters, strict=False))
    first = np.concatenate([param.ravel() for param in Rnnlm(len(vocabulary), 16, 64, rng=0).params])
    animal, link, place, sound = ("|".join(KINDS[kind]) for kind in ("animal", "link", "place", "sound"))
    bars = {name: source.ngram_perplexity(n) for n, name in enumerate(["unigram", "bigram", "trigram"], 1)}
    data = {
        "tokens": vocabulary.tokens,
        "phrases": {letter: phrase for phrase, letter in letters.items()},
        "text": "".join(letters[phrase] for phrase in phrases),
        "heldOut": 20_000,
        "numbers": base64.b64encode(first.astype("<f4").tobytes()).decode(),
        "sounds": SOUNDS,
        "sentence": rf"^the ({animal}) (({link}) the ({place}) )+({sound}) \.$",
        "bars": bars | {"best possible": source.best_perplexity()},
    }
    return json.dumps(data, separators=(",", ":"))


@functools.cache
def teller_script():
    """Return the name and the text of the file that holds the teller's weights, too many for the page itself."""
    text = f"const TELLER_WEIGHTS = {teller.weights()};\n"
    return f"teller-{hashlib.sha256(text.encode()).hexdigest()[:8]}.js", text


def write_teller(app, exception):
    """Write the teller's file beside the script that loads it."""
    folder = Path(app.outdir, "_static", "live")
    if exception is None and folder.exists():
        name, text = teller_script()
        (folder / name).write_text(text, encoding="utf-8")


def teller_data():
    """Return which file holds the teller's weights, as JSON."""
    name, _ = teller_script()
    return json.dumps({"file": name})


DATA = {  # figure → what makes its data, for its mode
    "farm": lambda mode: farm_data(),
    "mattered": mattered_data,
    "teller": lambda mode: teller_data(),
    "training": lambda mode: training_data(),
}


def enliven(app, pagename, templatename, context, doctree):
    """Wrap the pictures of a page that name a live figure, and load what these need."""
    names = set()

    def wrap(match):
        name = match["name"]
        names.add(name)
        comes_without = name in DATA and " data-given=" not in match[0]
        script = f'<script type="application/json">{DATA[name](match["mode"])}</script>' if comes_without else ""
        return f"<live-{name}{match['mode']}>{match[0]}{script}</live-{name}>"

    picture = r'<figure class="drawing"><svg data-live="(?P<name>\w+)(?P<mode>[ \w]*)".*?</figure>'
    body = re.sub(picture, wrap, context.get("body", ""), flags=re.DOTALL)
    names.update(re.findall(r"<live-(question|progress|review)[ >]", body))
    if names:
        context["body"] = body
        app.add_css_file("live/live.css")
        for name in ["live", *sorted(names)]:
            app.add_js_file(f"live/{name}.js", loading_method="defer")


def setup(app):
    app.connect("html-page-context", enliven)
    app.connect("build-finished", write_teller)
