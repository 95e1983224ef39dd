"""`course doctor`: what chapter 00 reports about the machine, plus what only a course's set-up can get wrong."""

import importlib.metadata
import os
import sys
import tempfile
from pathlib import Path

from helpers.machine import Finding, findings

SET_UP = "Set the course up again: `make lab`, or the two commands in README.md."


def examine(course):
    """All findings about this machine and the course's set-up, as `helpers.machine.Finding`."""
    return [*findings(), *_packages(course), _kernel(), _writable(course)]


def _packages(course):
    """The installed packages against the bounds of pyproject.toml."""
    from packaging.requirements import Requirement

    requirements = course.project()["project"]["dependencies"]
    wrong = []
    for requirement in map(Requirement, requirements):
        try:
            version = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            wrong.append(Finding(False, f"{requirement} is not installed", SET_UP))
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            wrong.append(Finding(False, f"{requirement.name} {version} is installed, the course needs {requirement}",
                                 SET_UP))
    return wrong or [Finding(True, f"{len(requirements)} packages, all new enough")]


def _kernel():
    """Notebooks run in the kernel named python3; it must be the interpreter that has the course's packages."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    remedy = f"{sys.executable} -m ipykernel install --sys-prefix --name python3"
    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return Finding(False, "no Jupyter kernel named python3", f"Install it: {remedy}")
    command = spec.argv[0]
    if os.path.isabs(command) and Path(command).parent.resolve() != Path(sys.executable).parent.resolve():
        return Finding(False, f"the kernel python3 runs {command}, not this Python", f"Install it here: {remedy}")
    return Finding(True, "Jupyter kernel python3")


def _writable(course):
    try:
        with tempfile.TemporaryFile(dir=course.root):
            return Finding(True, f"{course.root} is writable")
    except OSError as error:
        return Finding(False, f"{course.root} is not writable ({error.strerror})",
                       "Your work is kept below it: clone the course to a folder of your own.")
