#!/usr/bin/env python3
"""Calls a compiled attention kernel on NumPy arrays through ctypes, and checks
it against NumPy. Usage: attention.py LIB.so

The library has no dependency, so nothing but ctypes and NumPy is needed. Views
work as they are: here the arrays are transposed views of [B, N, H, D] storage.
"""
import ctypes as c
import sys

import numpy as np


class Device(c.Structure):
    _fields_ = [('type', c.c_int), ('id', c.c_int32)]


class DataType(c.Structure):
    _fields_ = [('code', c.c_uint8), ('bits', c.c_uint8), ('lanes', c.c_uint16)]


class DLTensor(c.Structure):
    _fields_ = [('data', c.c_void_p), ('device', Device), ('ndim', c.c_int32), ('dtype', DataType),
                ('shape', c.POINTER(c.c_int64)), ('strides', c.POINTER(c.c_int64)),
                ('byte_offset', c.c_uint64)]


class Launch(c.Structure):
    _fields_ = [('struct_size', c.c_uint32), ('abi', c.c_uint32), ('threads', c.c_int32),
                ('parallel_for', c.c_void_p), ('pool', c.c_void_p), ('workspace', c.c_void_p),
                ('workspace_bytes', c.c_size_t), ('stream', c.c_void_p), ('isa', c.c_int32),
                ('message', c.c_char_p), ('message_bytes', c.c_size_t)]


def dltensor(array):
    """A DLTensor over `array`'s memory; the array must outlive it."""
    assert array.dtype == np.float32
    extents = (c.c_int64 * array.ndim)(*array.shape)
    strides = (c.c_int64 * array.ndim)(*(s // array.itemsize for s in array.strides))
    return DLTensor(array.ctypes.data, Device(1, 0), array.ndim, DataType(2, 32, 1), extents, strides, 0)


def pointers(tensors):
    return (c.POINTER(DLTensor) * len(tensors))(*(c.pointer(t) for t in tensors))


def call(library, name, inputs, outputs):
    """Runs kernel `name` on the calling thread; raises ValueError if it is refused."""
    ins, outs = [dltensor(a) for a in inputs], [dltensor(a) for a in outputs]
    message = c.create_string_buffer(256)
    launch = Launch(c.sizeof(Launch), 1, 1, isa=0, message=c.cast(message, c.c_char_p),
                    message_bytes=len(message))
    arguments = [pointers(ins), len(ins), pointers(outs), len(outs), c.byref(launch)]

    def check(status):
        if status:
            raise ValueError(message.value.decode())

    size = c.c_size_t()
    check(library[name + '_workspace'](*arguments, c.byref(size)))
    workspace = np.empty(size.value + 64, np.uint8)
    launch.workspace = (workspace.ctypes.data + 63) // 64 * 64
    launch.workspace_bytes = size.value
    check(library[name](*arguments))


def main():
    library = c.CDLL(sys.argv[1])
    random = np.random.default_rng(0)
    batch, heads, rows, channels = 2, 3, 77, 64
    q, k, v = (random.standard_normal((batch, rows, heads, channels), np.float32).transpose(0, 2, 1, 3)
               for _ in range(3))
    out = np.empty((batch, heads, rows, channels), np.float32)
    lse = np.empty((batch, heads, rows), np.float32)
    call(library, 'attention', [q, k, v], [out, lse])

    scores = np.einsum('bhid,bhjd->bhij', q, k, dtype=np.float64) / 8
    scores = np.where(np.tril(np.ones((rows, rows), bool)), scores, -np.inf)
    expected_lse = np.log(np.exp(scores).sum(-1))
    expected = np.exp(scores - expected_lse[..., None]) @ v.astype(np.float64)
    print('largest error of the output', abs(out - expected).max(), 'of lse', abs(lse - expected_lse).max())
    assert abs(out - expected).max() < 1e-5 and abs(lse - expected_lse).max() < 1e-5

    try:
        call(library, 'attention', [q, k[..., :32], v], [out, lse])
    except ValueError as error:
        print('a wrong shape:', error)
    else:
        sys.exit('a wrong shape was accepted')
    print('success')


if __name__ == '__main__':
    main()
