"""The `course` command: reads the arguments, calls the function, says in one line what is wrong."""

import contextlib
import signal
from typing import Annotated

import typer

from course import Course, CourseError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
Chapters = Annotated[list[str] | None, typer.Argument(help="Chapters, such as 01 or 01_concepts; all if left out.")]


@contextlib.contextmanager
def plain_errors():
    """Turn what a reader can put right into lines on stderr and exit code 1, without a traceback."""
    try:
        yield
    except CourseError as error:
        message = str(error)
    except KeyboardInterrupt:
        message = "interrupted; what was not finished is as it was before"
    except OSError as error:
        message = f"{error.strerror or error}: {error.filename or 'while writing'}; nothing is half-written"
    else:
        return
    typer.echo(message, err=True)
    raise typer.Exit(1)


@app.callback()
def main():
    """Fill in the Blank: what instructors and maintainers run."""


@app.command()
def build(
    chapters: Chapters = None,
    check: Annotated[bool, typer.Option("--check", help="Only say which notebooks are stale; runs no cell.")] = False,
):
    """Make the notebooks of solutions/ and chapters/ from the text in solutions/*.md."""
    from course import build as builder

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a polite kill cleans up as Ctrl-C does
    with plain_errors():
        course = Course.find()
        (builder.check if check else builder.build)(course, course.names(chapters or ()), report=typer.echo)


@app.command()
def doctor():
    """Look over Python, packages, GPU, kernel and disk; say what to do about each finding."""
    from course import doctor as physician

    with plain_errors():
        found = physician.examine(Course.find())
    for finding in found:
        typer.echo(str(finding))
    if not all(finding.ok for finding in found):
        raise typer.Exit(1)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(context: typer.Context):
    """Open your own copies of the chapters in JupyterLab; further options go to `jupyter lab`."""
    from course import lab as bench

    with plain_errors():
        course = Course.find()
        for line in bench.lay_out(course):
            typer.echo(line)
        bench.start(course, context.args)


if __name__ == "__main__":
    app()
