"""A learner's first minutes in a real JupyterLab: run all, read the checks, write an answer, see it turn right.

Needs Chromium and its driver (Debian: apt install chromium chromium-driver). Where they are missing the test is
skipped. A screenshot of the solved exercise is left in pytest's temporary folder.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
CHAPTER = "00_start_here"
PAGE = f"work/{CHAPTER}/{CHAPTER}.ipynb"

pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="no Chromium with chromedriver on this machine")


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab on a learner's own copies, started by `course lab` in a copy of the course."""
    course = tmp_path_factory.mktemp("course")
    for name in ("solutions", "chapters"):
        shutil.copytree(ROOT / name, course / name)
    for name in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / name, course)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", "--allow-root", f"--port={port}", "--IdentityProvider.token=",
               "--LabApp.expose_app_in_browser=True"]
    environment = {**os.environ, "COURSE_QUICK": "1", "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    with open(course / "lab.log", "w") as log:
        server = subprocess.Popen([sys.executable, "-m", "course.cli", "lab", *options], cwd=course, env=environment,
                                  stdout=log, stderr=subprocess.STDOUT)
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=5)
                break
            except OSError:
                assert server.poll() is None, (course / "lab.log").read_text()
                time.sleep(0.5)
        yield f"http://127.0.0.1:{port}/lab/tree/{PAGE}"
    finally:
        server.terminate()
        server.wait(timeout=30)


@pytest.fixture(scope="module")
def page(lab):
    """The chapter in a headless browser, all cells run."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.support.ui import WebDriverWait

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--window-size=1300,1000"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    driver.set_script_timeout(300)
    try:
        driver.get(lab)
        WebDriverWait(driver, 240).until(lambda d: d.execute_script(
            "return window.jupyterapp && document.querySelectorAll('.jp-Notebook .jp-Cell').length > 3"))
        driver.execute_async_script("const done = arguments[0], kernel = jupyterapp.shell.currentWidget.sessionContext;"
                                    "kernel.ready.then(() => kernel.session.kernel.info).then(() => done(), done)")
        command(driver, "notebook:run-all-cells")
        yield driver
    finally:
        driver.quit()


def command(driver, name, **arguments):
    """Run a JupyterLab command and wait for its end."""
    driver.execute_async_script(
        "const done = arguments[2]; jupyterapp.commands.execute(arguments[0], arguments[1]).then(() => done(), done)",
        name, arguments)


MODEL = "const panel = jupyterapp.shell.currentWidget, cells = panel.content.model.cells;"


def index(driver, text):
    """The number of the first cell whose source contains `text`."""
    return driver.execute_script(
        MODEL + "for (let i = 0; i < cells.length; i++) "
        "if (cells.get(i).sharedModel.source.includes(arguments[0])) return i; return -1", text)


def outputs(driver, cell):
    """The outputs of a cell, as nbformat JSON."""
    return driver.execute_script(MODEL + "return cells.get(arguments[0]).sharedModel.toJSON().outputs", cell)


def answer(driver, cell, source):
    """Type an answer into a cell, run it and the check below it."""
    driver.execute_script(MODEL + "cells.get(arguments[0]).sharedModel.source = arguments[1];"
                          "panel.content.activeCellIndex = arguments[0]", cell, source)
    command(driver, "notebook:run-cell-and-select-next")
    command(driver, "notebook:run-cell-and-select-next")
    return "\n".join("\n".join(out.get("traceback", [])) + "".join(out.get("text", ""))
                     for out in outputs(driver, cell + 1))


def test_run_all_reaches_the_end_of_an_unsolved_chapter(page):
    from selenium.webdriver.support.ui import WebDriverWait

    last = index(page, "# Check quiz")
    shown = WebDriverWait(page, 300).until(lambda d: outputs(d, last))
    assert "not attempted" in shown[0]["evalue"]
    assert outputs(page, index(page, "plots.show(figure"))[0]["data"]["image/png"]


def test_a_learner_goes_from_stub_to_right_by_the_messages(page, tmp_path):
    cell = index(page, "def blank_out")
    late = "def blank_out(words, position):\n    words[position] = '[MASK]'\n    return words, words[position]"
    assert "had been overwritten" in answer(page, cell, late)
    crash = "def blank_out(words, position):\n    return words[99]"
    assert "your line 2: return words[99]" in answer(page, cell, crash)
    right = ("def blank_out(words, position):\n"
             "    return words[:position] + ['[MASK]'] + words[position + 1:], words[position]")
    assert "2 of 2 checks passed, 2 of 2 points" in answer(page, cell, right)
    page.execute_script(MODEL + "panel.content.scrollToItem(arguments[0], 'center')", cell + 1)
    time.sleep(1)
    page.save_screenshot(str(tmp_path / "solved.png"))


def test_a_slider_moves_with_the_keyboard_and_redraws(page):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait

    page.execute_script(MODEL + "panel.content.scrollToItem(arguments[0], 'center')", index(page, "IntSlider"))
    slider = WebDriverWait(page, 90).until(lambda d: d.find_element(By.CSS_SELECTOR, ".widget-slider .noUi-handle"))
    alt = "return document.querySelector('.jupyter-widgets details')?.textContent"
    before = WebDriverWait(page, 90).until(lambda d: d.execute_script(alt))
    slider.send_keys(Keys.ARROW_RIGHT)
    WebDriverWait(page, 90).until(lambda d: d.execute_script(alt) not in (None, before))


def test_a_figure_is_followed_by_its_description(page):
    from selenium.webdriver.support.ui import WebDriverWait

    page.execute_script(MODEL + "panel.content.scrollToItem(arguments[0], 'center')", index(page, "sizes, shares"))
    folds = "return [...document.querySelectorAll('.jp-OutputArea details')].map(fold => fold.textContent)"
    texts = WebDriverWait(page, 90).until(lambda d: d.execute_script(folds))
    assert all("Figure in words" in text and len(text) > 60 for text in texts)
