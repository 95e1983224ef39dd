"""Interactive cells that also stand still: live sliders for a learner, a plain first picture for everyone else."""

import os


def explore(function, /, **controls):
    """Call `function` with the controls' values, again at every change.

    `controls` are ipywidgets (`FloatSlider(value=0.5, min=0, max=1)`, `Dropdown(...)`), one for each keyword of
    `function`. Where nobody can move them (when notebooks are built, tested or graded) `function` runs once with
    the initial values, so that its picture is stored as an ordinary output.
    """
    for name, control in controls.items():
        if not hasattr(control, "value"):
            raise TypeError(f"{name}={control!r} is not a widget: pass one, such as FloatSlider(value=0.5)")
    if unattended():
        function(**{name: control.value for name, control in controls.items()})
        return
    import ipywidgets

    ipywidgets.interact(function, **controls)


def unattended():
    """True where a notebook is built, tested or graded: nobody moves a slider or watches a bar."""
    return os.environ.get("COURSE_STATIC") == "1" or bool(os.environ.get("NBGRADER_EXECUTION"))
