"""Run a command on copies of a home and kill it before its n-th change of the file system, for every n.

``python -m tests.core.killed TEMPLATE FOLDER COMMAND`` leaves ``FOLDER/<n>``; the last one ran to its end.
"""

import itertools
import os
import shutil
import signal
import sys
from pathlib import Path

from core.datasets import DatasetCatalogue
from tests.core.files import load_fake

CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate"}


def command(home: Path, name: str) -> None:
    catalogue = DatasetCatalogue(home)
    if name == "load":
        load_fake(home, "d", "new-1", "new-2")
    elif name == "publish":
        catalogue.publish("d")
    elif name == "withdraw":
        catalogue.withdraw("d", "reason")
    else:
        catalogue.describe("d", 'title = "new"')


def kill_before_change(number: int) -> None:
    """Kill this process at its n-th change: a rename, removal, new folder, or a file opened for writing."""
    left = number

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if event in CHANGES or writes:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def main(template: Path, folder: Path, name: str) -> None:
    for number in itertools.count(1):
        home = folder / str(number)
        shutil.copytree(template, home)
        child = os.fork()
        if child == 0:
            kill_before_change(number)
            command(home, name)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            sys.exit(os.WEXITSTATUS(status))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
