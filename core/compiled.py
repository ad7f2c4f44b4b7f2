"""Numeric kernels: plain functions over numpy arrays, compiled once and kept beside their module.

Imported by loaders only: a server never pays for the compiler.
"""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., object])


def compiled(function: Kernel) -> Kernel:
    """The function as machine code that runs without the interpreter's lock; ``py_func`` is the function itself."""
    return cast("Kernel", numba.njit(cache=True, nogil=True)(function))
