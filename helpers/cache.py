"""Files that are slow to make, kept for the next time: written whole or not at all, checked when they are read.

The last 32 bytes of every file are the SHA-256 of all the others, so a damaged file is known without a second one.
They all lie in one folder, FITB_CACHE if that is set; deleting it costs nothing but time.
"""

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

TAIL = hashlib.sha256().digest_size


def folder():
    """The course's cache folder: FITB_CACHE, or this platform's place for caches."""
    import platformdirs

    return Path(os.environ.get("FITB_CACHE") or platformdirs.user_cache_path("fill-in-the-blank", appauthor=False))


def digest(*parts):
    """A name for a recipe: 16 hexadecimal digits that change when any of the strings or bytes does."""
    state = hashlib.sha256()
    for part in parts:
        part = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        state.update(len(part).to_bytes(8, "big") + part)  # the length: ("ab", "c") is not ("a", "bc")
    return state.hexdigest()[:16]


def intact(path):
    """Whether `path` is a file of this cache, whole and unchanged."""
    try:
        data = memoryview(Path(path).read_bytes())
    except OSError:
        return False
    return len(data) >= TAIL and hashlib.sha256(data[:-TAIL]).digest() == data[-TAIL:]


def write(path, data):
    """Write bytes and their hash to `path`, atomically: a reader sees the old file or the new one, never a part.

    Raises OSError where the folder can't be written; then nothing stays behind.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".partial")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.write(hashlib.sha256(data).digest())
        os.replace(partial, path)
    except BaseException:  # a full disk, an interrupt
        with contextlib.suppress(OSError):
            os.remove(partial)
        raise


def remember(name, make):
    """The bytes that `make()` returns, made once: read from the cache if they lie there undamaged.

    name: a file name that changes with the recipe (see `digest`). Where nothing can be written, nothing is kept.
    """
    path = folder() / name
    if intact(path):
        return path.read_bytes()[:-TAIL]
    data = make()
    with contextlib.suppress(OSError):
        write(path, data)
    return data
