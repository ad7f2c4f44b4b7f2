"""One served node for the tests that only read."""

from collections.abc import Iterator

import pytest

from tests.htsget.node import HtsgetNode, htsget_node


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HtsgetNode]:
    with htsget_node(tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("work")) as served:
        yield served
