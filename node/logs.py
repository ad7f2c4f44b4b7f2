"""Logging: one line of JSON an event, on standard error; nothing in it that a caller sent but the kind of request."""

import logging
import logging.config
from datetime import UTC, datetime

import orjson


class JsonLines(logging.Formatter):
    """One event, one line: time, level, logger, message, and the fields that the event carries."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        fields = getattr(record, "fields", None)
        if isinstance(fields, dict):
            line.update(fields)
        return orjson.dumps(line, default=str).decode()


def logging_configuration(level: str = "INFO") -> dict[str, object]:
    """The configuration for ``logging.config.dictConfig``; uvicorn's own access log, which shows whole URLs, is off."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "node.logs.JsonLines"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}},
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {
            "genvej": {"level": level},
            "uvicorn.error": {"level": "WARNING"},
            "uvicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
        },
    }


def configure_logging(level: str = "INFO") -> None:
    """Put the configuration in force for this process."""
    logging.config.dictConfig(logging_configuration(level))
