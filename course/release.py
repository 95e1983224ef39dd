"""From the worked solution to the student's chapter: nbgrader's own generate_assignment, plus two safeguards.

`TagUnsolved` lets an unsolved chapter run from top to bottom; `leaks` proves that no solution got out.
"""

import re
import shutil

from nbgrader import utils
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor

from course import CourseError

REGION = re.compile(r"BEGIN (SOLUTION|HIDDEN TESTS|MARK SCHEME)[^\n]*\n(.*?)^[^\n]*END \1", re.S | re.M)


class TagUnsolved(NbGraderPreprocessor):
    """Tag the cells that must fail until an exercise is solved, so that Run All goes on past them."""

    def preprocess_cell(self, cell, resources, cell_index):
        if cell.cell_type != "code":
            return cell, resources
        tags = cell.metadata.get("tags", [])
        lines = cell.source.split("\n")
        whole_stub = utils.is_solution(cell) and any(line.startswith("raise NotImplementedError") for line in lines)
        tests = utils.is_grade(cell) and not utils.is_solution(cell)
        if (whole_stub or tests or "needs-solution" in tags) and "raises-exception" not in tags:
            cell.metadata["tags"] = [*tags, "raises-exception"]
        return cell, resources


def release(root, source, target, name):
    """Make `target`/`name`/`name`.ipynb from `source`/`name`/`name`.ipynb, without a gradebook.

    `source` and `target` are absolute folders; the settings are those of `root`/nbgrader_config.py.
    """
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config
    from traitlets.config.loader import PyFileConfigLoader

    config = Config(PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config())
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.source_directory = str(source)
    config.CourseDirectory.release_directory = str(target)
    config.CourseDirectory.assignment_id = name
    config.SaveCells.enabled = False
    config.GenerateAssignment.no_database = True
    converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
    converter.force = True
    converter.log.setLevel("ERROR")
    shutil.rmtree(target / name, ignore_errors=True)
    try:
        converter.start()
    except NbGraderException as error:
        raise CourseError(f"{name}: nbgrader cannot release it: {error}") from error
    return target / name / f"{name}.ipynb"


def _squeeze(text):
    return " ".join(text.split())


def secrets(cell):
    """The regions of a worked cell that students must not see; a graded answer without markers is all secret."""
    regions = [match[2] for match in REGION.finditer(cell.source)]
    return regions or ([cell.source] if utils.is_solution(cell) else [])


def leaks(solution, chapter):
    """Say which parts of the worked notebook's secrets stand in the chapter; an empty list is what you want.

    Every secret line of 14 characters or more is looked for in the whole chapter (30 or more: inside other lines
    too), unless the solution also says it openly. Shorter ones are compared cell by cell.
    """
    found = []
    hidden = [(cell, region) for cell in solution.cells for region in secrets(cell)]
    if not hidden:
        return ["nothing in the worked notebook is marked as a solution or a hidden test"]
    opened = {_squeeze(line) for cell in solution.cells for line in REGION.sub("", cell.source).split("\n")
              if not (utils.is_solution(cell) and not REGION.search(cell.source))}
    published = [_squeeze(line) for cell in chapter.cells for line in str(cell).replace("\\n", "\n").split("\n")]
    published += [_squeeze(line) for cell in chapter.cells for line in cell.source.split("\n")]
    whole = set(published)
    for line in sorted({_squeeze(line) for _, region in hidden for line in region.split("\n")} - opened):
        if len(line) >= 14 and (line in whole or (len(line) >= 30 and any(line in other for other in published))):
            found.append(f"a secret line is published: {line}")
    released = {cell.id: cell for cell in chapter.cells}
    for cell, region in hidden:
        twin = released.get(cell.id)
        if twin is None:
            found.append(f"cell {cell.id} is missing from the chapter")
        elif _squeeze(region) and _squeeze(region) in _squeeze(twin.source):
            found.append(f"cell {cell.id} still holds its secret region")
    for cell in chapter.cells:
        if re.search(r"\b(BEGIN|END) (SOLUTION|HIDDEN|MARK)", cell.source):
            found.append(f"cell {cell.id} still holds a marker")
        if cell.get("outputs") or cell.get("execution_count"):
            found.append(f"cell {cell.id} still holds an output")
    return found
