"""A key's bulk messages are with the instance that has its commands, however many share."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.coordinator.assignors.range import RangePartitionAssignor

from portal_contracts import topics

SPECS = {spec.name: spec for spec in topics.all_topics()}
TOGETHER = [topics.taken_together(topics.commands(service)) for service in topics.BULK_SERVICES]


@pytest.mark.parametrize("together", TOGETHER)
def test_equal_keys_are_in_equal_partitions(together: tuple[str, ...]) -> None:
    assert [topics.rank(topic) for topic in together] == [0, 1, 2]
    assert len({SPECS[topic].partitions for topic in together}) == 1


@pytest.mark.parametrize("instances", range(1, 10))
@pytest.mark.parametrize("together", TOGETHER)
def test_equal_partitions_are_with_the_same_instance(
    together: tuple[str, ...], instances: int
) -> None:
    cluster: Any = SimpleNamespace(
        partitions_for_topic=lambda topic: set(range(SPECS[topic].partitions))
    )
    members = {f"m{n}": RangePartitionAssignor.metadata(together) for n in range(instances)}
    shared: Mapping[str, Any] = RangePartitionAssignor.assign(cluster, members)
    for member in members:
        parts = dict(shared[member].partitions())
        commands, *waiting = [parts.get(topic) for topic in together]
        assert all(those == commands for those in waiting)


def test_a_service_without_bulk_work_takes_its_commands_alone() -> None:
    assert topics.taken_together("appeals.commands") == ("appeals.commands",)
    assert topics.taken_together("claims.events") == ("claims.events",)
