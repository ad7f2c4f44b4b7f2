"""The error tree."""

import inspect

from core import errors
from core.errors import GenvejError, RangeNotSatisfiable, ServiceUnavailable

TREE = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, GenvejError)]


def test_the_tree_of_the_docstring_is_the_tree() -> None:
    assert errors.__doc__ is not None
    assert all(kind.__name__ in errors.__doc__ for kind in TREE)


def test_an_error_says_what_the_caller_may_read() -> None:
    error = ServiceUnavailable("busy", field="start", retry_after_s=3)

    assert (str(error), error.message, error.field, error.retry_after_s) == ("busy", "busy", "start", 3)
    assert RangeNotSatisfiable("beyond", size_bytes=7).size_bytes == 7
