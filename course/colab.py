"""The two things that every chapter gets for Google Colab: a badge, and a first cell that installs `helpers`.

Colab's packages stay as they are: the cell installs this distribution without its dependencies, plus only what
Colab lacks.
"""

# Third-party packages that `helpers` needs and Colab lacks; a test compares with tests/colab-pip-freeze.txt.
LACKS = ("gensim==4.4.0",)  # this version holds the course's Wikipedia excerpt

CELL = """\
# On Colab this cell installs the course's helpers; anywhere else it does nothing.
import sys

if "google.colab" in sys.modules:
    %pip install -q --no-deps {requirements}"""


def badge(settings, name):
    """Markdown of the badge that opens chapter `name` on Colab."""
    url = "https://colab.research.google.com"
    path = f"github/{settings['repository']}/blob/{settings['branch']}/chapters/{name}/{name}.ipynb"
    return f"[![Open in Colab]({url}/assets/colab-badge.svg)]({url}/{path})"


def install_cell(settings):
    """Source of the first code cell."""
    archive = f"https://github.com/{settings['repository']}/archive/refs/heads/{settings['branch']}.zip"
    return CELL.format(requirements=" ".join([*LACKS, archive]))
