import json
import logging

from node.logs import JsonLines, configure_logging


def test_an_event_is_one_line_of_json_with_its_fields() -> None:
    record = logging.LogRecord("genvej.x", logging.INFO, "file", 1, "hello %s", ("world\n",), None)
    record.fields = {"status": 200}
    line = JsonLines().format(record)
    assert "\n" not in line
    document = json.loads(line)
    assert document["message"] == "hello world\n"
    assert document["status"] == 200
    assert document["level"] == "info"


def test_uvicorn_does_not_log_urls() -> None:
    root = logging.getLogger()
    before, handlers = root.level, list(root.handlers)
    try:
        configure_logging()
        assert not logging.getLogger("uvicorn.access").isEnabledFor(logging.ERROR)
        assert logging.getLogger("genvej.access").isEnabledFor(logging.INFO)
    finally:
        root.setLevel(before)
        root.handlers[:] = handlers
