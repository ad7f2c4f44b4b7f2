"""One served node for the tests that only read."""

from collections.abc import Iterator

import pytest

from tests.beacon.node import BeaconNode, beacon_node, publish_fixture


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BeaconNode]:
    home = tmp_path_factory.mktemp("beacon-home")
    publish_fixture(home)
    with beacon_node(home) as served:
        yield served
