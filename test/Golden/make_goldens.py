"""Writes entries.txt: golden values of encodings, normalizers and masks, in float64.

    python3 make_goldens.py > entries.txt

The formulas are written here a second time, from the papers and without any
code of the project; the assertions at the end are numbers that others have
published. Standard library only.

One case a line, fields separated by " ; ":
    rotate ; attribute ; channels position length ; y_0 ... of x = 1, 2, ...
    turn   ; attribute ; channels                 ; a position an axis ; y of x = 1, 2, ...
    bias   ; attribute ; heads queries keys       ; captures ; [head][query][key]
    encode ; attribute ; heads rows channels      ; position of each row ; captures ; y
             of x = 1/8, 2/8, ...
    weights ; attribute ; heads queries keys      ; captures ; scores ; weights ; - or a
             number of each row: lse or remainder, then the numbers
    dropout ; seed probability ; batches heads queries keys ; one row of 0 and 1 a (batch, head, query)
    mask   ; attribute ; batches queries keys     ; captured numbers, or - ; one
                                                    row of 0 and 1 a (batch, query)
Captures are "-" or tensors separated by " | ", each "SHAPE = numbers", a shape
such as 4x32 or scalar. Those of masks are integers and say their type: 3xi32,
2x5xi1.
Positions are bottom-right: query i is at keys - queries + i, key j at j.
"""

import cmath
import math
import struct


def spectrum(width, base, linear=1.0, ntk=1.0, dynamic=None, length=0):
    if ntk != 1.0:
        base *= ntk ** (width / (width - 2))
    if dynamic:
        factor, trained = dynamic
        if length > trained:
            base *= (factor * length / trained - (factor - 1)) ** (width / (width - 2))
    return [base ** (-2 * k / width) / linear for k in range(width // 2)], base


def by_parts(frequencies, factor, trained, slow=1.0, fast=32.0):
    """YaRN, eq. 20 to 23: gamma of the ratio of trained length and wavelength."""
    result = []
    for w in frequencies:
        ratio = trained / (2 * math.pi / w)
        gamma = min(1.0, max(0.0, (ratio - slow) / (fast - slow)))
        result.append((1 - gamma) * w / factor + gamma * w)
    return result


def yarn(frequencies, base, factor, trained, slow=1.0, fast=32.0, truncate=True):
    """The published code: find_correction_range, linear_ramp_mask."""
    width = 2 * len(frequencies)
    dim = lambda turns: width * math.log(trained / (turns * 2 * math.pi)) / (2 * math.log(base))
    low, high = dim(fast), dim(slow)
    if truncate:
        low, high = math.floor(low), math.ceil(high)
    low, high = max(low, 0), min(high, width - 1)
    if low == high:
        high += 0.001
    result = []
    for k, w in enumerate(frequencies):
        keep = 1 - min(1.0, max(0.0, (k - low) / (high - low)))
        result.append(w / factor * (1 - keep) + w * keep)
    return result, (low, high)


def llama3(frequencies, factor, trained, low=1.0, high=4.0):
    """The published code: apply_scaling."""
    result = []
    for w in frequencies:
        wavelength = 2 * math.pi / w
        if wavelength < trained / high:
            result.append(w)
        elif wavelength > trained / low:
            result.append(w / factor)
        else:
            smooth = (trained / wavelength - low) / (high - low)
            result.append((1 - smooth) * w / factor + smooth * w)
    return result


def rotate(channels, position, layout, width, frequencies, magnitudes=None):
    x = [float(c + 1) for c in range(channels)]
    y = list(x)
    for k, frequency in enumerate(frequencies):
        a, b = (k, k + width // 2) if layout == "half" else (2 * k, 2 * k + 1)
        m = magnitudes[k] if magnitudes else 1.0
        cos, sin = m * math.cos(position * frequency), m * math.sin(position * frequency)
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
    chain_cases(rope)
    print(f"rotate ; #attn.nope ; 5 9 0 ; {numbers([1.0, 2.0, 3.0, 4.0, 5.0])}")


def chain_cases(rope):
    """Links that map frequencies or magnitudes."""
    def case(chain, channels, position, map_frequencies, magnitudes=None, length=0, base=1e4):
        frequencies = map_frequencies(spectrum(channels, base)[0])
        y = rotate(channels, position, "half", channels, frequencies, magnitudes)
        text = rope.replace("1.0e4", "5.0e5") if base == 5e5 else rope
        print(f"rotate ; {text}, scaling = [{chain}]> ; {channels} {position} {length} ; "
              f"{numbers(y)}")
        return y

    for channels, position in ((128, 97), (64, 1000), (8, -5)):
        case("#attn.ntk_by_parts<factor = 16.0, trained = 4096>", channels, position,
             lambda w: by_parts(w, 16, 4096))
        case("#attn.ntk_by_parts<factor = 2.5, trained = 100, slow = 0.5, fast = 3.0>",
             channels, position, lambda w: by_parts(w, 2.5, 100, 0.5, 3))
        case("#attn.yarn<factor = 16.0, trained = 4096>", channels, position,
             lambda w: yarn(w, 1e4, 16, 4096)[0])
        case("#attn.yarn<factor = 16.0, trained = 4096>, #attn.magnitude<1.2772588729858398>",
             channels, position, lambda w: yarn(w, 1e4, 16, 4096)[0],
             [1.2772588729858398] * channels)
        case("#attn.yarn<factor = 32.0, trained = 4096, slow = 2.0, fast = 16.0, "
             "truncate = false>", channels, position,
             lambda w: yarn(w, 1e4, 32, 4096, 2, 16, False)[0])
        case("#attn.llama3<factor = 8.0, trained = 8192>", channels, position,
             lambda w: llama3(w, 8, 8192), base=5e5)
        case("#attn.llama3<factor = 16.0, trained = 8192, high = 1.0>", channels, position,
             lambda w: llama3(w, 16, 8192, 1, 1), base=5e5)
        for fraction in (0.0, 0.25, 0.4, 1.0):
            case(f"#attn.p_rope<fraction = {fraction}>", channels, position,
                 lambda w: [f if k < int(fraction * len(w)) else 0.0 for k, f in enumerate(w)])
        # xPos: the pair's scale to the power of position / scale_base.
        zeta = [(2 * k + 0.4 * channels) / (1.4 * channels) for k in range(channels // 2)]
        for side, sign in (("query", 1), ("key", -1)):
            case(f"#attn.xpos<side = {side}>", channels, position, lambda w: w,
                 [z ** (sign * position / 512) for z in zeta])
            case(f"#attn.xpos<side = {side}, scale_base = 64.0, center = 90>", channels,
                 position, lambda w: w, [z ** (sign * (position - 90) / 64) for z in zeta])
    # The magnitude that f32 holds next to 0.1 ln 16 + 1.
    close([1.2772588729858398], [0.1 * math.log(16) + 1], 7)
    # A fast bound below the first pair, and a range of no pairs.
    case("#attn.yarn<factor = 4.0, trained = 8>", 8, 11, lambda w: yarn(w, 1e4, 4, 8)[0])
    case("#attn.yarn<factor = 4.0, trained = 3>", 8, 11, lambda w: yarn(w, 1e4, 4, 3)[0])
    short, long = [1.0, 1.25, 2.0, 3.0], [1.0, 4.5, 17.0, 64.0]
    lists = f"short_factors = {short}, long_factors = {long}, trained = 100"
    for length, factors in ((1, short), (100, short), (101, long), (4000, long)):
        case(f"#attn.long_rope<{lists}>, #attn.magnitude<1.190000057220459>", 8, 55,
             lambda w: [f / g for f, g in zip(w, factors)], [1.190000057220459] * 4, length)
    odd = [1.0, 2.0, 3.0, 4.0, 5.0]
    case(f"#attn.long_rope<long_factors = {odd}>", 10, 55,
         lambda w: [f / g for f, g in zip(w, odd)])


def bias_cases():
    for heads in (1, 2, 3, 4, 6, 8, 12, 20, 31, 64, 71):
        for text, exponent in (("#attn.alibi", 8.0), ("#attn.alibi<max_exponent = 4.0>", 4.0)):
            queries, keys = (3, 5) if heads < 20 else (1, 3)
            values = [-slope * abs(keys - queries + i - j)
                      for slope in slopes(heads, exponent)
                      for i in range(queries) for j in range(keys)]
            print(f"bias ; {text} ; {heads} {queries} {keys} ; - ; {numbers(values)}")
    learned_bias_cases()


def captured(*tensors):
    """Tensors as (shape, numbers)."""
    return " | ".join(f"{'x'.join(map(str, shape)) or 'scalar'} = {numbers(values)}"
                      for shape, values in tensors)


def some(count, first=0, low=-1.0, high=1.0):
    """Numbers that f32 holds, without a pattern."""
    return [low + (high - low) * (((i + first) * 73 + 31) % 128) / 128 for i in range(count)]


def t5_bucket(relative, bidirectional, buckets, longest):
    """The published code, with the logarithm in exact arithmetic: relative is key - query."""
    bucket = 0
    if bidirectional:
        buckets //= 2
        bucket += buckets if relative > 0 else 0
        relative = abs(relative)
    else:
        relative = -min(relative, 0)
    exact = buckets // 2
    if relative < exact:
        return bucket + relative
    # The most steps s with (longest / exact)^(s / n) <= relative / exact.
    n, steps = buckets - exact, 0
    while steps + 1 < n and longest ** (steps + 1) * exact ** n <= relative ** n * exact ** (steps + 1):
        steps += 1
    return bucket + exact + steps


def deberta_log_bucket(relative, span, longest):
    """The published make_log_bucket_position, with the logarithm in exact arithmetic."""
    mid, size = span // 2, abs(relative)
    if size <= mid:
        return relative
    # ceil: the least steps s with ((longest - 1) / mid)^(s / (mid - 1)) >= size / mid.
    steps = 0
    while (longest - 1) ** steps * mid ** (mid - 1) < size ** (mid - 1) * mid ** steps:
        steps += 1
    return (mid + steps) * (1 if relative > 0 else -1)


def gather_cases(case):
    """Biases that read a tensor of rows x buckets."""
    heads = 2
    for clip, queries, keys in ((2, 3, 9), (2, 9, 3), (0, 2, 3), (16, 5, 40)):
        count = 2 * clip + 1
        g = some(heads * queries * count)
        label = lambda x: max(-clip, min(clip, x)) + clip
        case(f"#attn.shaw<clip = {clip}>", heads, queries, keys,
             lambda h, m, n, i: g[(h * queries + i) * count + label(n - m)],
             ((1, heads, queries, count), g))
    for span, longest, mirrored, queries, keys in (
            (3, 0, True, 4, 9), (3, 0, False, 9, 4), (1, 0, True, 3, 3), (8, 20, True, 2, 30),
            (8, 20, False, 30, 2), (4, 4, True, 7, 7), (12, 30, False, 1, 40)):
        count = 2 * span
        q, k = some(heads * queries * count, 3), some(heads * keys * count, 8)

        def bucket(d):
            d = deberta_log_bucket(d, span, longest) if longest else d
            return max(0, min(count - 1, d + span))

        more = f", max_distance = {longest}" if longest else ""
        more += "" if mirrored else ", mirrored = false"
        case(f"#attn.deberta<span = {span}{more}>", heads, queries, keys,
             lambda h, m, n, i: q[(h * queries + i) * count + bucket(m - n)] +
             k[(h * keys + n) * count + bucket(n - m if mirrored else m - n)],
             ((1, heads, queries, count), q), ((1, heads, keys, count), k))


def learned_bias_cases():
    def case(text, heads, queries, keys, bias, *captures):
        values = [bias(h, keys - queries + i, j, i)
                  for h in range(heads) for i in range(queries) for j in range(keys)]
        print(f"bias ; {text} ; {heads} {queries} {keys} ; {captured(*captures) or '-'} ; "
              f"{numbers(values)}")

    for buckets, longest, both in ((32, 128, False), (32, 128, True), (9, 40, False),
                                   (2, 3, False), (4, 50, True)):
        table = some(buckets * 3)
        text = f"#attn.t5<buckets = {buckets}, max_distance = {longest}"
        text += ", bidirectional = true>" if both else ">"
        for queries, keys in ((2, 140), (70, 3)):
            case(text, 3, queries, keys,
                 lambda h, m, n, i: table[3 * t5_bucket(n - m, both, buckets, longest) + h],
                 ((buckets, 3), table))
    p, a = some(5, 3, 0.0, 2.0), some(5, 9, 0.0, 1.0)
    for queries, keys in ((3, 7), (5, 2)):
        case("#attn.kerple_log", 5, queries, keys,
             lambda h, m, n, i: -p[h] * math.log(1 + a[h] * abs(m - n)), ((5,), p), ((5,), a))
        case("#attn.kerple_power", 5, queries, keys,
             lambda h, m, n, i: -a[h] * abs(m - n) ** p[h], ((5,), p), ((5,), a))
    for dim, heads in ((128, 4), (2, 3), (64, 1)):
        case("#attn.sandwich" if dim == 128 else f"#attn.sandwich<dim = {dim}>", heads, 3, 50,
             lambda h, m, n, i: heads / 8 / (h + 1) * sum(
                 math.cos((m - n) / 10000 ** (2 * k / dim)) for k in range(dim // 2)))
    for width, limit, c, queries, keys in ((32, 6.0, 0.125, 4, 40), (3, -300.0, -0.5, 9, 5)):
        heads = 2
        w1, b1 = some(width), some(width, 5)
        w2, b2 = some(heads * width, 11), some(heads, 50)

        def fire(h, m, n, i):
            psi = lambda x: math.log(abs(c * x) + 1)
            z = psi(m - n) / (psi(max(abs(limit), m)) + 1e-6)
            return b2[h] + sum(w2[h * width + u] * max(0.0, w1[u] * z + b1[u])
                               for u in range(width))

        case("#attn.fire" if width == 32 else f"#attn.fire<width = {width}>", heads, queries,
             keys, fire, ((width,), w1), ((width,), b1), ((heads, width), w2), ((heads,), b2),
             ((), [c]), ((), [limit]))
    heads, queries, keys = 2, 3, 6
    logs = [[math.log(0.5 + 0.4 * x) for x in some(keys, 7 * h)] for h in range(heads)]
    f32 = lambda x: struct.unpack("f", struct.pack("f", x))[0]
    sums = [[f32(sum(row[: t + 1])) for t in range(keys)] for row in logs]
    last = [row[keys - queries:] for row in sums]
    case("#attn.fox", heads, queries, keys, lambda h, m, n, i: last[h][i] - sums[h][n],
         ((1, heads, queries), sum(last, [])), ((1, heads, keys), sum(sums, [])))
    gather_cases(case)


def axis_cases():
    """Rotations by positions of several axes, from a map of pairs to axes."""
    def case(text, channels, positions, axes, frequencies):
        x = [float(c + 1) for c in range(channels)]
        y, half = list(x), channels // 2
        for k, (axis, w) in enumerate(zip(axes, frequencies)):
            cos, sin = math.cos(positions[axis] * w), math.sin(positions[axis] * w)
            y[k], y[k + half] = x[k] * cos - x[k + half] * sin, x[k + half] * cos + x[k] * sin
        print(f"turn ; {text} ; {channels} ; {' '.join(map(str, positions))} ; {numbers(y)}")

    rope = lambda base: f"spectrum = #attn.rope<base = {base}>"
    plain = lambda channels, base: spectrum(channels, base)[0]
    case(f"#attn.mrope<{rope('1.0e6')}, sections = [16, 24, 24]>", 128, [3, 50, -7],
         [0] * 16 + [1] * 24 + [2] * 24, plain(128, 1e6))
    case(f"#attn.mrope<{rope('1.0e6')}, sections = [24, 20, 20], interleaved = true>", 128,
         [3, 50, -7], [0, 1, 2] * 20 + [0] * 4, plain(128, 1e6))
    case(f"#attn.mrope<{rope('1.0e4')}, sections = [3, 2], restart = true>", 10, [11, 4],
         [0] * 3 + [1] * 2, plain(6, 1e4) + plain(4, 1e4))
    case(f"#attn.mrope<{rope('1.0e4')}, sections = [2, 1, 1, 1]>", 10, [9, 9, 9, 9],
         [0] * 5, plain(10, 1e4))


def encode_cases():
    def case(text, heads, rows, channels, positions, encode, *captures):
        x = [[[(((h * rows + i) * channels) + c + 1) / 8 for c in range(channels)]
              for i in range(rows)] for h in range(heads)]
        y = [value for h in range(heads) for i in range(rows)
             for value in encode(h, i, positions[i], x[h][i])]
        print(f"encode ; {text} ; {heads} {rows} {channels} ; {' '.join(map(str, positions))} ; "
              f"{captured(*captures) or '-'} ; {numbers(y)}")

    places = [0, 3, -2, 100, 4095, 8191, 16383, 1000000]

    def sinusoidal(channels, half, base=1e4, scale=1.0):
        def encode(h, i, p, x):
            y = [scale * v for v in x]
            for k in range(channels // 2):
                a, b = (k, k + channels // 2) if half else (2 * k, 2 * k + 1)
                angle = p / base ** (2 * k / channels)
                y[a] += math.sin(angle)
                y[b] += math.cos(angle)
            return y
        return encode

    case("#attn.sinusoidal", 2, 8, 4, places, sinusoidal(4, False))
    case("#attn.sinusoidal<base = 1.0e2, layout = half, scale = 3.0>", 1, 8, 6, places,
         sinusoidal(6, True, 1e2, 3.0))
    close(sinusoidal(4, False)(0, 0, 3, [0.0] * 4), [0.141120, -0.989992, 0.029996, 0.999550], 6)
    table = some(7 * 3)
    for offset in (0, 2, -1):
        case("#attn.learned" if offset == 0 else f"#attn.learned<offset = {offset}>", 2, 5, 3,
             [0, 1, 4, 6, -9],
             lambda h, i, p, x: [v + table[3 * min(6, max(0, p + offset)) + c]
                                 for c, v in enumerate(x)], ((7, 3), table))
    angles = some(2 * 3 * 2, 1, -90.0, 90.0)
    for half in (True, False):
        def selective(h, i, p, x):
            y = list(x)
            for k in range(2):
                a, b = (k, k + 2) if half else (2 * k, 2 * k + 1)
                angle = angles[(h * 3 + i) * 2 + k]
                y[a] = x[a] * math.cos(angle) - x[b] * math.sin(angle)
                y[b] = x[b] * math.cos(angle) + x[a] * math.sin(angle)
            return y
        case("#attn.selective_rope" if half else "#attn.selective_rope<layout = interleaved>",
             2, 3, 4, [0, 0, 0], selective, ((1, 2, 3, 2), angles))
    def relative(channels, features, u, v, w, base=1e4):
        """Encoded so that its product with a key at n is the published score."""
        def encode(h, i, p, x):
            a = [sum((x[c] + v[h * channels + c]) * w[(h * features + f) * channels + c]
                     for c in range(channels)) for f in range(features)]
            y, half = [x[c] + u[h * channels + c] for c in range(channels)], features // 2
            # e^(i (m - n) w) = e^(i m w) e^(-i n w), of a_sin sin + a_cos cos.
            turned = [(a[half + k] - 1j * a[k]) * cmath.exp(1j * p / base ** (2 * k / features))
                      for k in range(half)]
            return y + [z.real for z in turned] + [z.imag for z in turned]
        return encode

    def circle(features, base=1e4):
        def encode(h, i, p, x):
            angles = [p / base ** (2 * k / features) for k in range(features // 2)]
            return x + [math.cos(a) for a in angles] + [math.sin(a) for a in angles]
        return encode

    for channels, features in ((3, 4), (2, 10), (4, 2)):
        u, v = some(2 * channels), some(2 * channels, 5)
        w = some(2 * features * channels, 9)
        name = "#attn.transformer_xl"
        query, key = relative(channels, features, u, v, w), circle(features)
        case(f"{name}<side = query, features = {features}>", 2, 8, channels, places, query,
             ((2, channels), u), ((2, channels), v), ((2, features, channels), w))
        case(f"{name}<side = key, features = {features}>", 1, 8, channels, places, key)
        # Section 3.3, terms (a) to (d), with the sinusoids of the difference.
        x, y = some(channels, 1), some(channels, 2)
        for m, n in ((7, 3), (2, 9)):
            r = [math.sin((m - n) / 1e4 ** (2 * k / features)) for k in range(features // 2)]
            r += [math.cos((m - n) / 1e4 ** (2 * k / features)) for k in range(features // 2)]
            direct = sum((x[c] + u[c]) * y[c] for c in range(channels)) + sum(
                (x[c] + v[c]) * w[f * channels + c] * r[f]
                for c in range(channels) for f in range(features))
            close([sum(a * b for a, b in zip(query(0, 0, m, x), key(0, 0, n, y)))], [direct], 12)
    case("#attn.transformer_xl<side = key, features = 6, base = 1.0e2>", 1, 8, 2, places,
         circle(6, 1e2))

    def pope(channels, phases=None, base=1e4):
        def encode(h, i, p, x):
            y = [0.0] * (2 * channels)
            for c, v in enumerate(x):
                phase = min(0.0, max(-2 * math.pi, phases[h * channels + c])) if phases else 0.0
                angle = p / base ** (c / channels) + phase
                magnitude = math.log(1 + math.exp(v))
                y[c], y[c + channels] = magnitude * math.cos(angle), magnitude * math.sin(angle)
            return y
        return encode

    case("#attn.pope", 1, 8, 5, places, pope(5))
    phases = some(2 * 3, 4, -8.0, 1.0)
    case("#attn.pope<base = 1.0e2, phase = true>", 2, 8, 3, places, pope(3, phases, 1e2),
         ((2, 3), phases))
    weights = some(6)
    def rms(x, eps=1e-6, offset=None):
        root = math.sqrt(sum(v * v for v in x) / len(x) + eps)
        return [v / root * (1 if offset is None else weights[c] + offset) for c, v in enumerate(x)]
    def l2(x, eps=1e-12, offset=None):
        length = max(math.sqrt(sum(v * v for v in x)), eps)
        return [v / length * (1 if offset is None else weights[c] + offset) for c, v in enumerate(x)]
    close(rms([3.0, 4.0, 0.0, 0.0], 0.0), [1.2, 1.6, 0, 0], 9)
    for name, norm, eps in (("rms_norm", rms, 0.25), ("l2_norm", l2, 1.0)):
        case(f"#attn.{name}", 2, 3, 6, [0] * 3, lambda h, i, p, x: norm(x))
        case(f"#attn.{name}<eps = {eps}>", 1, 2, 6, [0] * 2, lambda h, i, p, x: norm(x, eps))
        case(f"#attn.{name}<weighted = true>", 1, 2, 6, [0] * 2,
             lambda h, i, p, x: norm(x, offset=0), ((6,), weights))
        case(f"#attn.{name}<weighted = true, offset = 1.0>", 1, 2, 6, [0] * 2,
             lambda h, i, p, x: norm(x, offset=1), ((6,), weights))
    log_n = lambda p: max(1.0, math.log(max(1, p + 1)) / math.log(4096))
    close([log_n(8191), log_n(32767)], [1.083333, 1.25], 6)
    case("#attn.log_n<trained = 4096>", 1, 8, 3, places,
         lambda h, i, p, x: [v * log_n(p) for v in x])
    step = lambda p, slope=0.1, size=8192, shift=1: (
        slope * math.log(max(0, (p + shift) // size) + 1) + 1)
    close([step(8190), step(8191), step(16383)], [1, 1.069315, 1.109861], 6)
    case("#attn.step_temperature", 1, 8, 3, places,
         lambda h, i, p, x: [v * step(p) for v in x])
    case("#attn.step_temperature<slope = 0.5, step = 100, shift = 0>", 1, 8, 3, places,
         lambda h, i, p, x: [v * step(p, 0.5, 100, 0) for v in x])


def distance_cases():
    """The score of rows of two channels, one pair that turns by 1 a unit of distance."""
    q, k = (1.0, 0.5), (-0.25, 2.0)

    def case(text, pairs, distance):
        rotation = "rotation = #attn.rope<base = 1.0e4>, "
        scores = []
        for m, n in pairs:
            turned = complex(*q) * cmath.exp(1j * distance(m, n))
            scores.append((turned * complex(*k).conjugate()).real)
        print(f"distance ; {text.replace('<', '<' + rotation)} ; {len(pairs)} ; "
              f"{' '.join(str(m) for m, _ in pairs)} ; {' '.join(str(n) for _, n in pairs)} ; "
              f"{numbers(q)} ; {numbers(k)} ; {numbers(scores)}")

    pairs = [(m, n) for m in (0, 3, 7, 15, 17, 20, 23, 50, -9) for n in range(-20, 24, 3)]
    sign = lambda x: (x > 0) - (x < 0)
    rectified = lambda w: lambda m, n: sign(m - n) * min(abs(m - n), w)
    leaky = lambda w, leak: lambda m, n: (
        m - n if abs(m - n) < w else sign(m - n) * (w + (abs(m - n) - w) / leak))
    extended = lambda w, g: lambda m, n: (
        m - n if m - n < w else m // g + w - w / g - n // g)

    def chunked(c, w):
        l = c - w
        place = lambda m, d: m % l if d <= 0 else min(m % l + l, c) if d == 1 else min(2 * l - 1, c)
        return lambda m, n: place(m, m // l - n // l) - n % l

    assert [rectified(4)(d, 0) for d in range(8)] == [0, 1, 2, 3, 4, 4, 4, 4]
    assert leaky(4, 4)(12, 0) == 6
    assert [extended(8, 4)(20, n) for n in range(21)] == \
        [11] * 4 + [10] * 4 + [9] * 4 + [8, 7, 6, 5, 4, 3, 2, 1, 0]
    assert [round(extended(8, 3)(20, n), 2) for n in (0, 11)] == [11.33, 8.33]
    down = lambda *runs: [x for first, last in runs for x in range(first, last - 1, -1)]
    for m, expected in ((15, down((12, 5), (7, 0))), (17, down((12, 5), (9, 2), (1, 0))),
                        (23, down((12, 5), (12, 5), (7, 0)))):
        assert [chunked(12, 4)(m, n) for n in range(m + 1)] == expected, m
    case("#attn.rerope<window = 4>", pairs, rectified(4))
    case("#attn.rerope<window = 4, leak = 4>", pairs, leaky(4, 4))
    case("#attn.rerope<window = 5, leak = 16>", pairs, leaky(5, 16))
    case("#attn.self_extend<window = 8, group = 4>", pairs, extended(8, 4))
    case("#attn.self_extend<window = 8, group = 3>", pairs, extended(8, 3))
    case("#attn.dual_chunk<chunk = 12, local = 4>", pairs, chunked(12, 4))
    case("#attn.dual_chunk<chunk = 9, local = 0>", pairs, chunked(9, 0))
def weight_cases():
    """Weights of scores, and a number of each row."""
    def case(text, heads, queries, keys, weigh, *captures, scores=None, rest="lse"):
        s = scores or some(heads * queries * keys, 3, -6.0, 6.0)
        rows = [(i // queries, s[i * keys:(i + 1) * keys]) for i in range(heads * queries)]
        weights, logs = [], []
        for h, row in rows:
            w, lse = weigh(h, row)
            weights += w
            logs += [] if lse is None else [lse]
        print(f"weights ; {text} ; {heads} {queries} {keys} ; {captured(*captures) or '-'} ; "
              f"{numbers(s)} ; {numbers(weights)} ; {rest + ' ' + numbers(logs) if logs else '-'}")

    def extra(logits):
        def weigh(h, row):
            total = sum(math.exp(x) for x in list(row) + list(logits(h)))
            return [math.exp(x) / total for x in row], math.log(total)
        return weigh

    published, lse = extra(lambda h: [1.5])(0, [1, 2, 0.5])
    close(published + [lse], [0.167405, 0.455054, 0.101536, 2.787339], 6)
    close(extra(lambda h: [0])(0, [1, 2, 0.5])[0], [0.213097, 0.579259, 0.129250], 6)
    for logit in (0.0, 1.5, -40.0, 300.0):
        text = "#attn.sink" if logit == 0 else f"#attn.sink<logit = {logit}>"
        case(text, 2, 2, 5, extra(lambda h: [logit]))
    case("#attn.sink<logit = 1.5>", 1, 1, 3, extra(lambda h: [1.5]), scores=[1.0, 2.0, 0.5])
    z = some(6, 2, -3.0, 3.0)
    case("#attn.learned_sinks", 3, 2, 4, extra(lambda h: [z[h]]), ((3,), z[:3]))
    case("#attn.learned_sinks", 3, 2, 4, extra(lambda h: z[2 * h:2 * h + 2]), ((3, 2), z))

    def sigmoid(bias):
        return lambda h, row: ([1 / (1 + math.exp(-x - bias)) for x in row], None)

    close(sigmoid(-math.log(4096))(0, [0])[0], [2.440810e-4], 10)
    case("#attn.sigmoid", 1, 3, 5, sigmoid(0))
    case("#attn.sigmoid<bias = -8.25>", 1, 3, 5, sigmoid(-8.25))
    case("#attn.sigmoid<bias = 0.5, per_key = true>", 2, 2, 7, sigmoid(0.5 - math.log(7)))

    def relu(power, scale=None):
        def weigh(h, row):
            w = [max(0.0, x) ** power for x in row]
            total = scale if scale else sum(w)
            return [x / total if total else 0.0 for x in w], None
        return weigh

    close(relu(1, 3)(0, [1, -2, 3])[0], [1 / 3, 0, 1], 9)
    case("#attn.relu", 1, 1, 3, relu(1, 3), scores=[1.0, -2.0, 3.0])
    case("#attn.relu<power = 2.0>", 1, 3, 5, relu(2, 5))
    case("#attn.relu<power = 3.0, alpha = 0.5>", 1, 3, 5, relu(3, 5 ** 0.5))
    case("#attn.relu<power = 4.0, alpha = 0.0>", 1, 3, 5, relu(4, 1))
    case("#attn.relu<power = 1.5, alpha = 2.0>", 1, 3, 5, relu(1.5, 25))
    case("#attn.relu<power = 2.0, over_sum = true>", 2, 2, 5, relu(2))
    case("#attn.relu<over_sum = true>", 1, 2, 3, relu(1),
         scores=[-1.0, -2.0, 0.0, 1.0, 2.0, -5.0])

    def stick(h, row):
        # In logarithms, from the left: log sigmoid(s) is -log(1 + exp(-s)).
        def softplus(x):
            return max(x, 0) + math.log1p(math.exp(-abs(x)))
        weights = [math.exp(-softplus(-x) - sum(softplus(y) for y in row[j + 1:]))
                   for j, x in enumerate(row)]
        return weights, math.exp(-sum(softplus(y) for y in row))

    published, remainder = stick(0, [0.5, -1, 2])
    close(published + [remainder], [0.054244, 0.032059, 0.880797, 0.032901], 6)
    case("#attn.stick_breaking", 1, 1, 3, stick, scores=[0.5, -1.0, 2.0], rest="remainder")
    case("#attn.stick_breaking", 2, 2, 7, stick, rest="remainder")
    case("#attn.stick_breaking", 1, 2, 4, stick, rest="remainder",
         scores=[1000.0, -1000.0, 30.0, -80.0, -1000.0, 1000.0, -40.0, 50.0])


def philox(counter, key, rounds=7):
    """Philox-2x32 of Salmon et al. (2011)."""
    c0, c1 = counter
    for _ in range(rounds):
        product = c0 * 0xD256D193
        c0, c1 = (product >> 32) ^ key ^ c1, product & 0xFFFFFFFF
        key = (key + 0x9E3779B9) & 0xFFFFFFFF
    return c0, c1


def dropout_cases():
    assert philox((0, 0), 0) == (0x257A3673, 0xCD26BE2A)  # known answers of Random123
    assert philox((0, 0), 0, 10) == (0xFF1DAE59, 0x6CD10DF2)
    for seed, drop in ((0, 0.5), (-7, 0.25), (123456789, 0.0), (5, 1.0), (5, 0.75)):
        batches, heads, queries, keys = 2, 2, 3, 20
        kept = ["".join(str(int(philox((j, i), philox((b, h), seed % 2 ** 32)[0])[0] >> 8
                                >= drop * 2 ** 24 and drop < 1)) for j in range(keys))
                for b in range(batches) for h in range(heads) for i in range(queries)]
        print(f"dropout ; {seed} {drop} ; {batches} {heads} {queries} {keys} ; {' '.join(kept)}")


def tokens(numbers, batches=1, bits=32):
    """A captured tensor of one integer a (batch entry, token)."""
    return ((batches, len(numbers) // batches), bits, numbers)


def mask_case(text, queries, keys, visible, captures=(), batches=1, heads=1):
    """`visible` is asked of (batch, head, query position, key, query index)."""
    rows = []
    for b in range(batches):
        for h in range(heads):
            for i in range(queries):
                m = keys - queries + i
                rows.append("".join(str(int(bool(visible(b, h, m, j, i)))) for j in range(keys)))
    tensors = " | ".join(f"{'x'.join(map(str, shape))}xi{bits} = {' '.join(map(str, values))}"
                         for shape, bits, values in captures)
    print(f"mask ; {text} ; {batches} {heads} {queries} {keys} ; {tensors or '-'} ; "
          f"{' '.join(rows)}")
    return rows


def mask_cases():
    def case(text, queries, keys, visible, captures=(), batches=1):
        return mask_case(text, queries, keys, lambda b, h, m, j, i: visible(b, m, j), captures,
                         batches)

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
        captures = [((3,), 32, lengths)]
        case("#attn.lengths<capture = 0>", m, n, lambda b, q, k: k < lengths[b], captures, 3)
        case("#attn.prefix<capture = 0>", m, n, lambda b, q, k: k < lengths[b], captures, 3)
        case("#attn.and<[#attn.or<[#attn.causal, #attn.prefix<capture = 0>]>, "
             "#attn.lengths<capture = 0>]>", m, n,
             lambda b, q, k: (k <= q or k < lengths[b]) and k < lengths[b], captures, 3)

    # Segment ids, one a token of each of two batch entries.
    for ids in ([0, 0, 1, 1, 1, 7, 7, 7, 7, 7], [3, 1, 3, 1, -1, 0, 0, 0, 0, 0]):
        def same(b, q, k):
            return ids[b * 5 + q] == ids[b * 5 + k]
        case("#attn.documents<query = 0, key = 0>", 5, 5, same, [tokens(ids, 2)], 2)
        case("#attn.and<[#attn.documents<query = 0, key = 0>, #attn.causal]>", 5, 5,
             lambda b, q, k: same(b, q, k) and k <= q, [tokens(ids, 2)], 2)
    for size in (1, 4, 100):
        for m, n in ((4, 4), (3, 10), (10, 3), (12, 12)):
            case(f"#attn.chunked<size = {size}>", m, n,
                 lambda b, q, k: q // size == k // size)
            case(f"#attn.chunked<size = {size}, back = 2, ahead = 1>", m, n,
                 lambda b, q, k: k // size - 1 <= q // size <= k // size + 2)
    conventions(case)
    sparse_cases(case)
    neighborhood_cases()
    return [[j for j in range(10) if 9 // 4 == j // 4 and j <= 9],
            [[int(s == t and j <= i) for j, t in enumerate((0, 0, 1, 1, 1))]
             for i, s in enumerate((0, 0, 1, 1, 1))]]


def conventions(case):
    """What six programs call a window of 4, by their own predicates, and as back and ahead."""
    for back, ahead, program in (
            (3, 0, lambda m, n: n <= m and n > m - 4),            # HF causal, gpt-oss, Gemma
            (4, 4, lambda m, n: abs(m - n) <= 4),                 # HF bidirectional, Longformer
            (4, 2, lambda m, n: m - 4 <= n <= m + 2),             # FlashAttention (4, 2)
            (2147483647, 2, lambda m, n: n <= m + 2),             # FlashAttention (-1, 2)
            (4, 0, lambda m, n: n >= m - 4 and n <= m)):          # FlashInfer, attention-gym
        rows = [case(f"#attn.sliding_window<back = {back}, ahead = {ahead}>", queries, keys,
                     lambda b, m, n: program(m, n))
                for queries, keys in ((16, 16), (5, 19), (19, 5))]
        if (back, ahead) == (3, 0):
            assert [j for j in range(16) if rows[0][10][j] == "1"] == [7, 8, 9, 10]
        if (back, ahead) == (4, 0):
            assert [j for j in range(16) if rows[0][10][j] == "1"] == [6, 7, 8, 9, 10]


def sparse_cases(case):
    """Dilated windows, sinks, global tokens, blocks, trees, a mask of every pair."""
    shapes = ((12, 12), (5, 21), (21, 5))
    for m, n in shapes:
        for step in (1, 2, 3, 50):
            case(f"#attn.dilated<step = {step}>", m, n,
                 lambda b, q, k: any(abs(q - k) == t * step for t in range(40)))
        for period, first, count in ((4, 3, 1), (5, 0, 5), (6, 2, 2)):
            case(f"#attn.periodic<period = {period}, first = {first}, count = {count}>", m, n,
                 lambda b, q, k: k % period in range(first, first + count))
        for sinks, window in ((0, 1), (4, 3), (2, 100)):
            case(f"#attn.streaming<sinks = {sinks}, window = {window}>", m, n,
                 lambda b, q, k: k <= q and (k < sinks or k > q - window))
        case("#attn.global_tokens<first = 2>", m, n, lambda b, q, k: q < 2 or k < 2)
    rows = case("#attn.and<[#attn.sliding_window<back = 6, ahead = 6>, #attn.dilated<step = 2>]>",
                11, 11, lambda b, q, k: abs(q - k) <= 6 and (q - k) % 2 == 0)
    assert [j for j in range(11) if rows[10][j] == "1"] == [4, 6, 8, 10]
    rows = case("#attn.streaming<sinks = 4, window = 8>", 21, 21,
                lambda b, q, k: k <= q and (k < 4 or q - k < 8))
    assert [j for j in range(21) if rows[20][j] == "1"] == [*range(4), *range(13, 21)]

    # Longformer: radius 1, token 0 global.
    flags = tokens([1, 0, 0, 0, 0], bits=1)
    rows = case("#attn.or<[#attn.sliding_window<back = 1, ahead = 1>, "
                "#attn.global_tokens<query = 0, key = 0>]>", 5, 5,
                lambda b, q, k: abs(q - k) <= 1 or q == 0 or k == 0, [flags])
    assert rows[0] == "11111" and rows[3] == "10111"
    queries, keys = [0, 1, 0, 0, 0, 1], [1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0]
    mask_case("#attn.global_tokens<query = 1, key = 0>", 3, 6,
              lambda b, h, m, n, i: queries[3 * b + i] or keys[6 * b + n],
              [tokens(keys, 2, 1), tokens(queries, 2, 1)], 2)

    # Coordinates along two axes.
    rows_of, columns = [0, 0, 0, 1, 1, 1, 2, 2], [0, 1, 2, 0, 1, 2, 0, 1]
    case("#attn.and<[#attn.axis_window<query = 0, key = 0, back = 1, ahead = 0>, "
         "#attn.axis_window<query = 1, key = 1, back = 1, ahead = 1>]>", 8, 8,
         lambda b, q, k: 0 <= rows_of[q] - rows_of[k] <= 1 and abs(columns[q] - columns[k]) <= 1,
         [tokens(rows_of), tokens(columns)])

    # BigBird's third part: two blocks a block of queries, -1 for none.
    blocks = [[[0, 2], [1, -1], [3, 0]], [[2, 2], [-1, -1], [1, 7]]]
    flat = [n for head in blocks for row in head for n in row]
    mask_case("#attn.block_list<size = 4, capture = 0>", 10, 14,
              lambda b, h, m, n, i: n // 4 in blocks[h][i // 4], [((1, 2, 3, 2), 32, flat)],
              heads=2)

    # A LongNet branch: two heads keep the even and the odd offsets.
    rows = mask_case("#attn.dilated_segments<size = 6, step = 2>", 12, 12,
                     lambda b, h, m, n, i: m // 6 == n // 6 and m % 6 % 2 == n % 6 % 2 == h,
                     heads=2)
    assert rows[0] == "101010000000" and rows[12 + 7] == "000000010101"
    for heads, size, step in ((4, 8, 2), (3, 9, 5), (5, 7, 7), (8, 5, 1)):
        mask_case(f"#attn.dilated_segments<size = {size}, step = {step}>", 11, 17,
                  lambda b, h, m, n, i: m // size == n // size and
                  m % size % step == n % size % step == int(h * step / heads), heads=heads)

    # Medusa's tree by ancestors, and the same tree in preorder.
    tree_cases()
    words = [(i * 7 + j * 3) % 5 < 2 for h in range(2) for i in range(4) for j in range(6)]
    mask_case("#attn.dense_mask<capture = 0>", 4, 6,
              lambda b, h, m, n, i: words[(h * 4 + i) * 6 + n],
              [((1, 2, 4, 6), 1, [int(w) for w in words])], heads=2)


def ancestors(parents, node):
    found = set()
    while node >= 0:
        found.add(node)
        node = parents[node]
    return found


def tree_cases():
    def case(parents, before):
        nodes = len(parents)
        words = (nodes + 31) // 32
        sets = [ancestors(parents, node) for node in range(nodes)]
        bits = []
        for seen in sets:
            for word in range(words):
                value = sum(1 << t for t in range(32) if 32 * word + t in seen)
                bits.append(value - (1 << 32) if value >= 1 << 31 else value)
        visible = lambda b, h, m, n, i: n < before or n - before in sets[i]
        rows = mask_case("#attn.tree<bits = 0>", nodes, before + nodes, visible,
                         [((1, nodes, words), 32, bits)])
        # In preorder the nodes below `node` follow it.
        if all(max(below) - node < len(below) for node in range(nodes)
               for below in [[t for t in range(nodes) if node in sets[t]]]):
            ends = [max(t for t in range(nodes) if node in sets[t]) + 1 for node in range(nodes)]
            mask_case("#attn.tree<ends = 0>", nodes, before + nodes, visible, [tokens(ends)])
        return rows

    rows = case([-1, 0, 0, 1, 1, 2], 0)
    assert rows == ["100000", "110000", "101000", "110100", "110010", "101001"]
    case([-1, 0, 0, 1, 1, 2], 3)
    case([-1, 0, 1, 1, 0, 4, 4, -1, 7], 5)
    case([-1, *range(34), *range(35)], 2)


def neighborhood_cases():
    """The published code's window of every query, axis by axis; see NATTEN's mask.hpp."""
    def window(i, extent, kernel, stride, dilation, causal):
        residue, place = i % dilation, i // dilation
        cells = [c for c in range(extent) if c % dilation == residue]
        length, left, right = len(cells), kernel // 2, kernel // 2 + kernel % 2 - 1
        if causal:
            leader = min(place // stride * stride + stride - 1, length - 1)
            places = range(max(leader - left - right, 0), min(place + 1, length))
        else:
            leader = min(place // stride * stride + stride // 2, length - 1)
            start = max(leader - left, 0)
            if leader + right >= length:
                start += length - right - leader - 1
            places = range(start, start + kernel)
        return {cells[p] for p in places}

    def case(queries, keys, *axes):
        names = ("extents", "kernel", "stride", "dilation", "causal")
        defaults = (None, None, 1, 1, 0)
        parts = [f"{name} = {[axis[k] for axis in axes]}"
                 for k, (name, other) in enumerate(zip(names, defaults))
                 if any(axis[k] != other for axis in axes)]

        def visible(b, h, m, n, i):
            cells = math.prod(axis[0] for axis in axes)
            if not (0 <= m < cells and 0 <= n < cells):
                return False
            for extent, kernel, stride, dilation, causal in reversed(axes):
                if n % extent not in window(m % extent, extent, kernel, stride, dilation, causal):
                    return False
                m, n = m // extent, n // extent
            return True

        return mask_case(f"#attn.neighborhood<{', '.join(parts)}>", queries, keys, visible)

    spans = lambda rows: [(row.index("1"), row.rindex("1")) for row in rows]
    assert spans(case(6, 6, (6, 3, 1, 1, 0))) == [(0, 2), (0, 2), (1, 3), (2, 4), (3, 5), (3, 5)]
    assert spans(case(6, 6, (6, 4, 1, 1, 0))) == [(0, 3)] * 3 + [(1, 4), (2, 5), (2, 5)]
    assert spans(case(6, 6, (6, 3, 2, 1, 0))) == [(0, 2)] * 2 + [(2, 4)] * 2 + [(3, 5)] * 2
    case(13, 13, (13, 3, 2, 4, 0))
    case(13, 13, (13, 4, 3, 2, 1))
    case(13, 13, (13, 5, 1, 1, 1))
    case(20, 20, (4, 3, 1, 1, 0), (5, 3, 1, 1, 0))
    case(20, 20, (5, 3, 1, 1, 1), (4, 2, 2, 2, 0))
    case(30, 30, (2, 1, 1, 1, 1), (3, 3, 1, 1, 0), (5, 2, 1, 2, 0))
    # Tokens before and behind the grid.
    case(9, 5, (6, 3, 1, 1, 0))
    case(9, 9, (2, 1, 1, 1, 0), (3, 3, 1, 1, 0))


def close(actual, published, digits):
    assert all(abs(a - p) <= 0.51 * 10.0 ** -digits for a, p in zip(actual, published)), \
        (actual, published)


def main():
    half, interleaved, partial, linear = rotation_cases()
    axis_cases()
    bias_cases()
    encode_cases()
    distance_cases()
    weight_cases()
    dropout_cases()
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
    parts = by_parts(spectrum(128, 1e4)[0], 16, 4096)
    close([parts[32]], [0.002294], 6)
    ramp, bounds = yarn(spectrum(128, 1e4)[0], 1e4, 16, 4096)
    close(bounds, [20, 46], 12)
    close([ramp[16], ramp[32], ramp[63]], [0.1, 0.005673077, 7.217387e-6], 9)
    ramp, bounds = yarn(spectrum(64, 1.5e5)[0], 1.5e5, 32, 4096, truncate=False)
    close([*bounds, ramp[12]], [8.092779, 17.398025, 0.006794959], 6)
    ramp, _ = yarn(spectrum(64, 1.5e5)[0], 1.5e5, 32, 4096)
    close([ramp[12]], [0.007015714], 9)
    stretched = llama3(spectrum(128, 5e5)[0], 8, 8192)
    close([stretched[k] for k in (29, 32, 34, 35)],
          [0.00216657, 5.248462e-4, 1.785078e-4, 9.556212e-5], 8)
    starts = [0] + [d for d in range(1, 200) if t5_bucket(-d, False, 32, 128) !=
                    t5_bucket(1 - d, False, 32, 128)]
    close(starts, [*range(17), 19, 21, 24, 27, 31, 35, 40, 46, 52, 59, 67, 77, 87, 99, 113], 1)
    starts = [d for d in range(200) if t5_bucket(-d, True, 32, 128) !=
              t5_bucket(1 - d, True, 32, 128)]
    close(starts[-7:], [12, 16, 23, 32, 46, 64, 91], 1)
    close(slopes(6), [0.25, 0.0625, 0.015625, 0.00390625, 0.5, 0.125], 12)
    close(slopes(12)[8:], [0.707107, 0.353553, 0.176777, 0.088388], 6)
    close(slopes(8), [2.0 ** -(h + 1) for h in range(8)], 12)


main()
