"""What a process leaves for the one that takes its place: it outlives a kill."""

import tempfile
from pathlib import Path

from app.core.process.handed_on import HandedOn
from tests.core.process.test_children import kept_running, python
from tests.serve_process import wait_for

_LEAVE_AND_DIE = (
    "from app.core.process.handed_on import HandedOn; word = HandedOn(int(sys.argv[2])); "
    "open(sys.argv[1] + '.read', 'a').write(word.read() + ';'); word.write(str(os.getpid())); "
    "os.kill(os.getpid(), 9)"
)


class TestHandedOn:
    def test_nothing_at_first_and_then_the_last_word(self):
        with tempfile.TemporaryFile() as file:
            word = HandedOn(file.fileno())
            assert word.read() == ""
            for number in ("1234567", "89"):
                word.write(number)
                assert HandedOn(file.fileno()).read() == number

    def test_where_nobody_takes_the_place(self):
        HandedOn().write("1")
        assert HandedOn().read() == ""

    def test_each_reads_what_the_killed_one_left(self, tmp_path: Path):
        starts, read = tmp_path / "starts", tmp_path / "starts.read"
        with kept_running(python(starts, _LEAVE_AND_DIE, hands_on=True)):
            wait_for(lambda: read.exists() and read.read_text().count(";") >= 3)
        words = read.read_text().split(";")
        numbers = starts.read_text().split()
        assert words[:3] == ["", *numbers[:2]]
