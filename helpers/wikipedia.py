"""The Wikipedia excerpt that comes with gensim, as clean sentences: real text without a download.

About a hundred articles from "Achilles" to "Animation" (the beginning of a dump of May 2016), under CC BY-SA 3.0.
"""

import bz2
import hashlib
import importlib.metadata
import importlib.util
import io
import json
import re
from pathlib import Path

from helpers import cache

FILE = "test/test_data/enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"
SHA256 = "a53f4648dec40467ebdcbc7a1307eddb51fe6e28e9309f6ebde81ba0d04bea2d"

# A sentence ends at . ! or ? before a capital, unless the dot belongs to an initial or a title: "Gen. George B. Smith".
BOUNDARY = re.compile(
    r'(?<=[.!?])(?<!\b[A-Z]\.)(?<!\b(?:Mr|Dr|St|Lt|Jr|vs|ca|Ch|No)\.)(?<!\b(?:Mrs|Gen|Col|Rev)\.)\s+(?=[A-Z"])'
)
WHOLE = re.compile(r"[.!?][\"”')\]]*$")
EMPTY = re.compile(r"\s*\([\s,;:]*\)")  # what is left of "(Greek: {{lang|grc|...}})" once the template is gone
AFTER_BRACKET = re.compile(r"\([\s,;:]+")
HOLE = re.compile(r"\s[,.;:)]|\(\s|\s{2}|[|{}\[\]<>=]")  # "stretches for , and": a number stood in a template, too


def articles():
    """{title: [sentence, ...]} in the order of the dump. Cached, because parsing takes seconds.

    Raises FileNotFoundError if gensim or its excerpt is not installed, ValueError if the file is another one.
    """
    data = _excerpt()
    name = f"wikipedia-{cache.digest(SHA256, Path(__file__).read_bytes())}.json"
    return json.loads(cache.remember(name, lambda: json.dumps(_parse(data)).encode()))


def attribution():
    """Whose text it is, as CC BY-SA asks to be told."""
    return (f"Wikipedia contributors, excerpt of May 2016 distributed with gensim "
            f"{importlib.metadata.version('gensim')}, CC BY-SA 3.0, https://en.wikipedia.org")


def sentences(paragraph):
    """A paragraph of English -> its sentences of at least 4 words."""
    return [sentence for sentence in BOUNDARY.split(paragraph) if len(sentence.split()) >= 4]


def clean(sentence):
    """Without what removed markup has left behind; None if that was a part of the sentence, or if it has no end."""
    sentence = AFTER_BRACKET.sub("(", EMPTY.sub("", sentence)).strip()
    return sentence if WHOLE.search(sentence) and not HOLE.search(sentence) else None


def _excerpt():
    package = importlib.util.find_spec("gensim")
    path = Path(package.submodule_search_locations[0]) / FILE if package else None
    if path is None or not path.exists():
        what = "gensim is not installed" if path is None else "this gensim comes without its Wikipedia excerpt"
        raise FileNotFoundError(f'{what}: pip install gensim==4.4.0, or choose source="generated"')
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise ValueError(f"{path} is not the excerpt of gensim 4.4.0 (its SHA-256 differs): "
                         'pip install --force-reinstall --no-deps gensim==4.4.0, or choose source="generated"')
    return data


def _parse(data):
    from gensim.corpora.wikicorpus import extract_pages, filter_wiki

    found = {}
    for title, text, _ in extract_pages(bz2.open(io.BytesIO(data)), filter_namespaces=("0",)):
        if text.lstrip().lower().startswith("#redirect"):
            continue
        lines = (re.sub("''+", "", line.strip()) for line in filter_wiki(text).split("\n"))
        prose = [line for line in lines if len(line) >= 60 and line[0] not in "=*|{!#:;<"]  # no headings, lists, tables
        found[title] = list(filter(None, (clean(sentence) for line in prose for sentence in sentences(line))))
    return {title: kept for title, kept in found.items() if kept}
