"""Writes entries.txt: golden values of encodings and masks, in float64.

    python3 make_goldens.py > entries.txt

The formulas are written here a second time, from the papers and without any
code of the project; the assertions at the end are numbers that others have
published. Standard library only.

One case a line, fields separated by " ; ":
    rotate ; attribute ; channels position length ; y_0 ... of x = 1, 2, ...
    bias   ; attribute ; heads queries keys       ; [head][query][key]
    mask   ; attribute ; batches queries keys     ; captured numbers, or - ; one
                                                    row of 0 and 1 a (batch, query)
Captured are lengths, one a batch entry, or segment ids, one a token.
Positions are bottom-right: query i is at keys - queries + i, key j at j.
"""

import math


def spectrum(width, base, linear=1.0, ntk=1.0, dynamic=None, length=0):
    if ntk != 1.0:
        base *= ntk ** (width / (width - 2))
    if dynamic:
        factor, trained = dynamic
        if length > trained:
            base *= (factor * length / trained - (factor - 1)) ** (width / (width - 2))
    return [base ** (-2 * k / width) / linear for k in range(width // 2)], base


def rotate(channels, position, layout, width, frequencies):
    x = [float(c + 1) for c in range(channels)]
    y = list(x)
    for k, frequency in enumerate(frequencies):
        a, b = (k, k + width // 2) if layout == "half" else (2 * k, 2 * k + 1)
        cos, sin = math.cos(position * frequency), math.sin(position * frequency)
        y[a], y[b] = x[a] * cos - x[b] * sin, x[b] * cos + x[a] * sin
    return y


def slopes(heads, exponent=8.0):
    """The recursive definition of the published code, not the closed form."""
    def power_of_two(n):
        start = 2.0 ** (-exponent / n)
        return [start ** (i + 1) for i in range(n)]

    if math.log2(heads).is_integer():
        return power_of_two(heads)
    closest = 2 ** int(math.floor(math.log2(heads)))
    return power_of_two(closest) + slopes(2 * closest, exponent)[0::2][: heads - closest]


def numbers(values):
    return " ".join(repr(v) for v in values)


def rotation_cases():
    def case(text, channels, position, length=0, layout="half", width=None, **scaling):
        width = width or channels
        frequencies, _ = spectrum(width, scaling.pop("base", 1e4), length=length, **scaling)
        y = rotate(channels, position, layout, width, frequencies)
        print(f"rotate ; {text} ; {channels} {position} {length} ; {numbers(y)}")
        return y

    rope = "#attn.rope<base = 1.0e4"
    yield case(rope + ">", 8, 3)
    yield case(rope + ", layout = interleaved>", 8, 3, layout="interleaved")
    yield case(rope + ", rotary = 4>", 8, 3, width=4)
    yield case(rope + ", scaling = [#attn.linear<factor = 4.0>]>", 8, 3, linear=4.0)
    case("#attn.rope<base = 5.0e5>", 6, -7, base=5e5)
    case(rope + ">", 64, 16777216)
    case(rope + ", layout = interleaved, rotary = 2>", 5, 1, layout="interleaved", width=2)
    case(rope + ", scaling = [#attn.ntk<alpha = 8.0>]>", 128, 100, ntk=8.0)
    case(rope + ", scaling = [#attn.ntk<alpha = 2.0>, #attn.linear<factor = 3.0>]>",
         16, 77, ntk=2.0, linear=3.0)
    dynamic = "scaling = [#attn.dynamic_ntk<factor = 4.0, trained = 512>]>"
    for length in (1, 512, 513, 1024, 8192):
        case(f"{rope}, {dynamic}", 64, 300, length, dynamic=(4.0, 512))
    print(f"rotate ; #attn.nope ; 5 9 0 ; {numbers([1.0, 2.0, 3.0, 4.0, 5.0])}")


def bias_cases():
    for heads in (1, 2, 3, 4, 6, 8, 12, 20, 31, 64, 71):
        for text, exponent in (("#attn.alibi", 8.0), ("#attn.alibi<max_exponent = 4.0>", 4.0)):
            queries, keys = (3, 5) if heads < 20 else (1, 3)
            values = [-slope * abs(keys - queries + i - j)
                      for slope in slopes(heads, exponent)
                      for i in range(queries) for j in range(keys)]
            print(f"bias ; {text} ; {heads} {queries} {keys} ; {numbers(values)}")


def mask_cases():
    def case(text, queries, keys, visible, captures=None, batches=1):
        rows = []
        for b in range(batches):
            for i in range(queries):
                m = keys - queries + i
                rows.append("".join(str(int(visible(b, m, j))) for j in range(keys)))
        captured = " ".join(map(str, captures)) if captures else "-"
        print(f"mask ; {text} ; {batches} {queries} {keys} ; {captured} ; {' '.join(rows)}")

    shapes = ((4, 4), (3, 7), (7, 3), (1, 5), (5, 1))
    for m, n in shapes:
        case("#attn.causal", m, n, lambda b, q, k: k <= q)
        for back, ahead in ((0, 0), (2, 0), (1, 3), (0, 9), (100, 100)):
            case(f"#attn.sliding_window<back = {back}, ahead = {ahead}>", m, n,
                 lambda b, q, k: q - k <= back and k - q <= ahead)
        for length in (0, 2, 100):
            case(f"#attn.or<[#attn.causal, #attn.prefix<length = {length}>]>", m, n,
                 lambda b, q, k: k <= q or k < length)
        case("#attn.and<[#attn.not<#attn.sliding_window<back = 1, ahead = 0>>, #attn.causal]>",
             m, n, lambda b, q, k: not (0 <= q - k <= 1) and k <= q)
        lengths = [0, 2, 100]
        case("#attn.lengths<capture = 0>", m, n, lambda b, q, k: k < lengths[b], lengths, 3)
        case("#attn.prefix<capture = 0>", m, n, lambda b, q, k: k < lengths[b], lengths, 3)
        case("#attn.and<[#attn.or<[#attn.causal, #attn.prefix<capture = 0>]>, "
             "#attn.lengths<capture = 0>]>", m, n,
             lambda b, q, k: (k <= q or k < lengths[b]) and k < lengths[b], lengths, 3)


    # Segment ids, one a token of each of two batch entries.
    for ids in ([0, 0, 1, 1, 1, 7, 7, 7, 7, 7], [3, 1, 3, 1, -1, 0, 0, 0, 0, 0]):
        def same(b, q, k):
            return ids[b * 5 + q] == ids[b * 5 + k]
        case("#attn.documents<query = 0, key = 0>", 5, 5, same, ids, 2)
        case("#attn.and<[#attn.documents<query = 0, key = 0>, #attn.causal]>", 5, 5,
             lambda b, q, k: same(b, q, k) and k <= q, ids, 2)
    for size in (1, 4, 100):
        for m, n in ((4, 4), (3, 10), (10, 3), (12, 12)):
            case(f"#attn.chunked<size = {size}>", m, n,
                 lambda b, q, k: q // size == k // size)
    return [[j for j in range(10) if 9 // 4 == j // 4 and j <= 9],
            [[int(s == t and j <= i) for j, t in enumerate((0, 0, 1, 1, 1))]
             for i, s in enumerate((0, 0, 1, 1, 1))]]


def close(actual, published, digits):
    assert all(abs(a - p) <= 0.51 * 10.0 ** -digits for a, p in zip(actual, published)), \
        (actual, published)


def main():
    half, interleaved, partial, linear = rotation_cases()
    bias_cases()
    chunk, packed = mask_cases()
    assert chunk == [8, 9]  # size 4, query 9
    assert ["".join(map(str, row)) for row in packed] == \
        ["10000", "11000", "00100", "00110", "00111"]  # lengths 2 and 3
    close(half, [-1.695593, 0.137552, 2.788682, 3.975982, -4.808842, 6.323059, 7.086837,
                 8.011964], 6)
    close(interleaved, [-1.272233, -1.838865, 1.683929, 4.707907, 4.817777, 6.147278,
                        6.975969, 8.020964], 6)
    close(partial, [-1.413353, 1.879118, -2.828857, 4.058191, 5, 6, 7, 8], 6)
    close(linear, [-2.676505, 1.544799, 2.947416, 3.993999, 4.340083, 6.132992, 7.022303,
                   8.002998], 6)
    close([spectrum(128, 1e4, ntk=8.0)[1]], [82684.622641], 6)
    close([spectrum(128, 1e4, dynamic=(s, 4096), length=length)[1]
           for s, length in ((1, 8192), (2, 8192), (4, 8192), (4, 4096))],
          [20221.261690, 30527.736749, 51293.787268, 10000.0], 6)
    close(slopes(6), [0.25, 0.0625, 0.015625, 0.00390625, 0.5, 0.125], 12)
    close(slopes(12)[8:], [0.707107, 0.353553, 0.176777, 0.088388], 6)
    close(slopes(8), [2.0 ** -(h + 1) for h in range(8)], 12)


main()
