"""One served node for the tests that only read."""

from collections.abc import Iterator

import pytest

from tests.drs.node import DrsNode, drs_node


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DrsNode]:
    with drs_node(tmp_path_factory.mktemp("home")) as served:
        yield served
