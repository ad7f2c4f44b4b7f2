"""Install reference parts in copies of a home and kill it before its n-th change of the file system, for every n.

``python -m tests.core.killed_installation TEMPLATE FOLDER`` leaves ``FOLDER/<n>``; the last one ran to its end. The
template's folder ``incoming`` holds the parts and their list.
"""

import itertools
import os
import shutil
import sys
from pathlib import Path

from core.reference import ReferenceCatalogue
from core.reference_inventory import inventory_from_json
from tests.core.killed import kill_before_change


def install_incoming(home: Path) -> None:
    incoming = home / "incoming"
    parts = inventory_from_json((incoming / "list.json").read_bytes()).parts
    with ReferenceCatalogue(home).open_installation() as installation:
        installation.install([(part, incoming / part.file) for part in parts])


def main(template: Path, folder: Path) -> None:
    for number in itertools.count(1):
        home = folder / str(number)
        shutil.copytree(template, home)
        child = os.fork()
        if child == 0:
            kill_before_change(number)
            install_incoming(home)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            sys.exit(os.WEXITSTATUS(status))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
