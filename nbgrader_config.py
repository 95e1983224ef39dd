# Read by every nbgrader command started here, by Formgrader, and by `course build`.
import os
from pathlib import Path

from nbgrader.converters import GenerateAssignment

from course.release import TagUnsolved

c = get_config()  # noqa: F821 (nbgrader defines it)

c.CourseDirectory.course_id = "fill-in-the-blank"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "chapters"
# nbgrader publishes every file of a chapter's folder that isn't named here.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "*.py", "*.md"]

c.GenerateAssignment.preprocessors = [
    *GenerateAssignment.class_traits()["preprocessors"].default(),
    TagUnsolved,
]
stub = 'raise NotImplementedError("replace this line with your solution")'
c.ClearSolutions.code_stub = {"python": f"# YOUR CODE HERE\n{stub}"}
c.ClearSolutions.text_stub = "*Your answer here.*"

c.Execute.timeout = 300  # seconds per cell; nbgrader's 30 is too short for a cell that trains
c.Execute.iopub_timeout = 60  # its 4 s ends a whole run on a busy machine
# Without this, anything that a tests cell writes to stderr (a warning!) scores 0.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"(?s).*"

# The default exchange is a system folder that nobody may write to, and Formgrader warns about it.
c.Exchange.root = os.environ.get("NBGRADER_EXCHANGE", str(Path(__file__).parent / "exchange"))
