from prometheus_client.parser import text_string_to_metric_families

from node.metrics import Metrics


def test_the_text_can_be_read_by_prometheus() -> None:
    metrics = Metrics()
    metrics.observe(method="GET", route="/beacon/info", status=200, seconds=0.003)
    metrics.observe(method="GET", route="/beacon/info", status=200, seconds=0.2)
    families = {
        family.name: family
        for family in text_string_to_metric_families(metrics.text(datasets=4, degraded=True).decode())
    }
    (total,) = [sample for sample in families["genvej_requests"].samples if sample.name == "genvej_requests_total"]
    assert total.value == 2
    assert {name: total.labels[name] for name in ("method", "route", "status")} == {
        "method": "GET",
        "route": "/beacon/info",
        "status": "200",
    }
    (count,) = [s for s in families["genvej_request_seconds"].samples if s.name.endswith("_count")]
    assert count.value == 2
    assert families["genvej_datasets"].samples[0].value == 4
    assert families["genvej_degraded"].samples[0].value == 1


def test_two_nodes_in_one_process_count_apart() -> None:
    first, second = Metrics(), Metrics()
    first.observe(method="GET", route="/a", status=200, seconds=0.1)
    assert b'route="/a"' not in second.text(datasets=0, degraded=False)
