"""Entry: a kernel as a builtin function of Python, which takes its arguments apart in machine code too.

Through ctypes a call of ten arguments takes more than a microsecond, and finding out where an array begins a quarter of
one for each; this way all of it takes some 0.2. What the entry calls is Python's C API, and where an array keeps its
address is part of NumPy's.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from llvmlite import binding as llvm

# What is called: what each gives, then what it takes.
_FROM_PYTHON = {
    "PyFloat_AsDouble": ("float", "object"),
    "PyFloat_FromDouble": ("object", "float"),
    "PyLong_AsSsize_t": ("int", "object"),
    "PyTuple_New": ("object", "int"),
    "PyTuple_SetItem": ("short", "object", "int", "object"),
    "PyEval_SaveThread": ("object",),
    "PyEval_RestoreThread": ("nothing", "object"),
}
_FASTCALL = 0x0080  # METH_FASTCALL: the function takes its arguments as an array of objects
_DATA = object.__basicsize__  # where an array keeps the address of its numbers: behind what every object begins with


class _Method(ctypes.Structure):
    """PyMethodDef."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("function", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    )


def add_entry(module: Any, run: Any, takes: str, gives: int) -> None:
    """Adds `call` to a module: Python's arguments for `run`, and its result as an object.

    Where `run` leaves `gives` numbers behind its last argument, the result is a tuple with those behind it. While
    `run` works on arrays, other threads of Python run.
    """
    from llvmlite import ir  # it takes its time to be imported, and only what is compiled anew needs it

    kinds = {
        "object": ir.PointerType(),
        "float": ir.DoubleType(),
        "int": ir.IntType(64),
        "short": ir.IntType(32),
        "nothing": ir.VoidType(),
    }

    def function(name: str, gives: str, *takes: str) -> Any:
        return ir.Function(module, ir.FunctionType(kinds[gives], [kinds[one] for one in takes]), name)

    api = {name: function(name, *signature) for name, signature in _FROM_PYTHON.items()}
    call = function("call", "object", "object", "object", "int")
    pointer, number, whole = kinds["object"], kinds["float"], kinds["int"]
    builder = ir.IRBuilder(call.append_basic_block())
    given: list[Any] = []
    for k, letter in enumerate(takes):
        argument = builder.load(builder.gep(call.args[1], [whole(k)], source_etype=pointer), typ=pointer)
        if letter == "f":
            given.append(builder.call(api["PyFloat_AsDouble"], [argument]))
        elif letter == "i":
            given.append(builder.call(api["PyLong_AsSsize_t"], [argument]))
        else:
            place = builder.gep(argument, [whole(_DATA)], source_etype=ir.IntType(8))
            given.append(builder.load(place, typ=pointer))
    if gives:
        results = builder.alloca(number, gives)
        given.append(results)
    if "d" in takes:
        state = builder.call(api["PyEval_SaveThread"], [])
    status = builder.call(run, given)
    if "d" in takes:
        builder.call(api["PyEval_RestoreThread"], [state])
    found = builder.call(api["PyFloat_FromDouble"], [status])
    if gives:
        together = builder.call(api["PyTuple_New"], [whole(1 + gives)])
        builder.call(api["PyTuple_SetItem"], [together, whole(0), found])
        for k in range(gives):
            result = builder.load(builder.gep(results, [whole(k)], source_etype=number), typ=number)
            item = builder.call(api["PyFloat_FromDouble"], [result])
            builder.call(api["PyTuple_SetItem"], [together, whole(1 + k), item])
        found = together
    builder.ret(found)


def function_at(address: int) -> Callable[..., Any]:
    """The entry at an address as a function."""
    method = _Method(b"kernel", address, _FASTCALL, None)
    make = ctypes.pythonapi.PyCFunction_NewEx
    make.restype, make.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.py_object, ctypes.c_void_p]
    # Python reads the method for as long as the function lives, which therefore has it as what methods have as `self`
    made: Callable[..., Any] = make(ctypes.addressof(method), method, None)
    return made


@cache
def prepare() -> None:
    """Tells LLVM where Python's functions are.

    Raises:
        ImportError: arrays keep their address elsewhere, in a Python or a NumPy that is not known yet.
    """
    for name in _FROM_PYTHON:
        llvm.add_symbol(name, ctypes.cast(getattr(ctypes.pythonapi, name), ctypes.c_void_p).value)
    probe = np.zeros(3)
    if ctypes.c_void_p.from_address(id(probe) + _DATA).value != probe.ctypes.data:
        raise ImportError(f"machine code cannot be called with arrays of NumPy {np.__version__}; compile(native=False)")
