import pytest
from tiny import EXERCISE, TESTS, lay_out


@pytest.fixture
def chapter(tmp_path):
    """A function that writes the body of a chapter (after its title) and returns the course it is in."""
    def write(body=EXERCISE + TESTS, name="01_tiny"):
        return lay_out(tmp_path, name, body)
    return write
