#!/usr/bin/env python3
"""Makes q.npy, u.npy and v.npy from text.txt: a byte embedding, a short
causal average (so that a row knows its neighbourhood), and fixed projections.

Shapes: q [1, 2, 1024, 64], u and v [1, 1, 1024, 64] (two query heads share one
key head). Standard library only; the same bytes on every machine up to the
last bit of the platform's cosine. Run it in this folder.
"""
import math
import struct

ROWS, MODEL, CHANNELS = 1024, 48, 64


def numbers(seed):
    """SplitMix64: uniform in (0, 1)."""
    state = seed
    while True:
        state = (state + 0x9E3779B97F4A7C15) & (2**64 - 1)
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & (2**64 - 1)
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & (2**64 - 1)
        yield ((z ^ (z >> 31)) + 0.5) / 2**64


def matrix(seed, rows, columns, scale):
    """Normal entries, by Box and Muller."""
    u = numbers(seed)
    return [[scale * math.sqrt(-2 * math.log(next(u))) * math.cos(2 * math.pi * next(u))
             for _ in range(columns)] for _ in range(rows)]


def project(rows, weights):
    columns = list(zip(*weights))
    return [[sum(x * w for x, w in zip(row, column)) for column in columns] for row in rows]


def write_npy(path, shape, heads):
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': %s, }" % (shape,)
    header += ' ' * (-(len(header) + 11) % 64) + '\n'
    with open(path, 'wb') as file:
        file.write(b'\x93NUMPY\x01\x00' + struct.pack('<H', len(header)) + header.encode())
        for rows in heads:
            for row in rows:
                file.write(struct.pack('<%df' % len(row), *row))


def main():
    with open('text.txt', 'rb') as file:
        text = file.read()[:ROWS]
    assert len(text) == ROWS, 'text.txt is shorter than the sequence'
    embedding = matrix(1, 256, MODEL, 1.0)
    hidden, state = [], [0.0] * MODEL
    for byte in text:
        state = [0.6 * s + 0.8 * e for s, e in zip(state, embedding[byte])]
        hidden.append(state)
    scale = 1 / math.sqrt(MODEL)
    q = [project(hidden, matrix(seed, MODEL, CHANNELS, scale)) for seed in (10, 11)]
    u = [project(hidden, matrix(20, MODEL, CHANNELS, scale))]
    v = [project(hidden, matrix(30, MODEL, CHANNELS, scale))]
    write_npy('q.npy', (1, 2, ROWS, CHANNELS), q)
    write_npy('u.npy', (1, 1, ROWS, CHANNELS), u)
    write_npy('v.npy', (1, 1, ROWS, CHANNELS), v)


if __name__ == '__main__':
    main()
