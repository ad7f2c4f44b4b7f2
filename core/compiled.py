"""Numeric kernels: plain functions over numpy arrays, compiled at their first call, kept on disk for the next process.

Imported by loaders only: a server never pays for the compiler.
"""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Generic, ParamSpec, TypeVar, cast

import numba
from numba.core.caching import FunctionCache

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Function = TypeVar("Function", bound=Callable[..., object])


def inner(function: Function) -> Function:
    """A function that kernels call; it becomes part of their machine code."""
    return cast("Function", numba.njit(nogil=True)(function))


class Kernel(Generic[Arguments, Result]):
    """A function that runs as machine code, without the interpreter's lock; ``function`` is the plain one.

    Compiled code is kept beside the module, or in the user's cache where that cannot be written, and used again as
    long as no file of kernels in the module's folder has changed.
    """

    def __init__(self, function: Callable[Arguments, Result]) -> None:
        """Nothing is compiled, read or written yet."""
        self.function = function
        self._compiled: Any = numba.njit(nogil=True)(function)
        self._ready = False

    def __call__(self, *arguments: Arguments.args, **named: Arguments.kwargs) -> Result:
        """Run it."""
        if not self._ready:
            self._compiled._cache = KernelCache(self.function)  # noqa: SLF001 - what enable_caching does, with our key
            self._ready = True
        return cast("Result", self._compiled(*arguments, **named))


class KernelCache(FunctionCache):
    """numba's cache, which knows one file only, with a key that knows all kernels beside it."""

    def __init__(self, function: Callable[..., object]) -> None:
        """``function``: the entry; its file tells the folder."""
        self.fingerprint = fingerprint(Path(function.__code__.co_filename).parent)
        super().__init__(function)  # type: ignore[no-untyped-call]

    def _index_key(self, signature: Any, codegen: Any) -> Any:  # noqa: ANN401 - numba's
        return (*super()._index_key(signature, codegen), self.fingerprint)  # type: ignore[no-untyped-call]


@cache
def fingerprint(folder: Path) -> str:
    """SHA-256 over all files of kernels in a folder."""
    total = hashlib.sha256()
    for path in sorted(folder.glob("*_kernels.py")):
        total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()
