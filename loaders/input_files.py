"""The files that a command was given: there, readable, each once."""

from collections.abc import Sequence
from pathlib import Path

from core.errors import LoadRefused
from loaders.personal_data import personal_data_in


def check_input_files(files: Sequence[Path]) -> list[Path]:
    """The files as absolute paths in the order given; raises ``LoadRefused`` naming the first that is not usable."""
    if not files:
        message = "no files were given"
        raise LoadRefused(message)
    paths: list[Path] = []
    for file in files:
        path = file.absolute()
        if not path.is_file():
            message = f"{file}: there is no such file"
            raise LoadRefused(message)
        found = personal_data_in(path.name)
        if found:
            message = f"the name of input file {len(paths) + 1} looks like {found}; rename the file"
            raise LoadRefused(message)
        if path not in paths:
            paths.append(path)
    return paths
