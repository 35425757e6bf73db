"""How others compute the variants of the suite, in PyTorch.

`forms(case)` gives the peers of a case by name. A peer is a function of (q, k,
v), tensors of shape B x H x L x D, that returns the output; what it may keep
between calls (tables of angles, masks, compiled code) is made once, when it is
made, and not timed. What depends on the tensors is computed in every call.
"""

import math

import torch
import torch.nn.functional as F


class Missing(Exception):
    """A peer that does not do this case, or is not there."""


def number(case, name):
    return int(case["variables"][name])


class Geometry:
    """What the tables of a case depend on."""

    def __init__(self, case):
        rows = [int(shape.split("x")[2]) for shape in case["inputs"]]
        self.queries, self.keys = rows[0], rows[1]
        self.heads = int(case["inputs"][0].split("x")[1])
        self.channels = number(case, "D")
        self.scale = 1 / math.sqrt(self.channels)
        self.mask = case["variables"]["mask"]
        self.back = int(case["variables"].get("back", -1))
        self.dtype = getattr(torch, {"f32": "float32", "bf16": "bfloat16", "f16": "float16"}[
            case["argument_types"][0]])
        # Where the last query meets the last key.
        self.query_positions = torch.arange(self.keys - self.queries, self.keys)
        self.key_positions = torch.arange(self.keys)

    def sees_all(self):
        return self.mask == "full" or (self.mask == "causal" and self.queries == 1)

    def visible(self):
        distance = self.query_positions[:, None] - self.key_positions[None, :]
        if self.mask == "full":
            return distance == distance
        if self.mask == "causal":
            return distance >= 0
        return (distance >= 0) & (distance <= self.back)

    def alibi(self):
        """Biases H x M x N; the slopes of Press et al. for a power of two."""
        if self.heads & (self.heads - 1):
            raise Missing("slopes are written for a power of two of heads")
        slopes = 2.0 ** (-8.0 / self.heads * torch.arange(1, self.heads + 1))
        distance = self.query_positions[:, None] - self.key_positions[None, :]
        return -slopes[:, None, None] * distance.abs()


class Rotation:
    """Rotary embedding, half-split layout, with its tables."""

    def __init__(self, positions, channels, dtype):
        frequencies = 1e4 ** (-torch.arange(0, channels, 2, dtype=torch.float64) / channels)
        angles = positions[:, None].double() * frequencies[None, :]
        self.cos = torch.cat([angles.cos()] * 2, -1).to(dtype)
        self.sin = torch.cat([angles.sin()] * 2, -1).to(dtype)

    def __call__(self, x):
        first, second = x.chunk(2, -1)
        return x * self.cos + torch.cat([-second, first], -1) * self.sin


def features(case, geometry):
    """(q, k) to the two sides of the dot product: the prologue."""
    variant = case["variables"]["variant"]
    if variant in ("attention", "alibi"):
        return lambda q, k: (q, k)
    turn_query = Rotation(geometry.query_positions, geometry.channels, geometry.dtype)
    turn_key = Rotation(geometry.key_positions, geometry.channels, geometry.dtype)
    if variant == "rope":
        return lambda q, k: (turn_query(q), turn_key(k))
    if variant != "coca_slack":
        raise Missing(f"no peer computes {variant}")

    def coca(q, u):
        first, second = u.chunk(2, -1)
        tau = F.relu((first + second) * 0.5)
        return q * turn_query(q), turn_key(torch.cat([tau, tau], -1))

    return coca


def additive_mask(case, geometry):
    """None where every key is seen and nothing is added."""
    bias = geometry.alibi() if case["variables"]["variant"] == "alibi" else None
    if geometry.sees_all() and bias is None:
        return None
    mask = torch.zeros(geometry.queries, geometry.keys)
    mask.masked_fill_(~geometry.visible(), -math.inf)
    return (mask if bias is None else mask + bias).to(geometry.dtype)


def sdpa(case, geometry):
    """scaled_dot_product_attention on the features, computed eagerly."""
    prologue = features(case, geometry)
    square = geometry.queries == geometry.keys
    causal = (geometry.mask == "causal" and square and
              case["variables"]["variant"] != "alibi")
    mask = None if causal else additive_mask(case, geometry)

    def run(q, k, v):
        e, f = prologue(q, k)
        return F.scaled_dot_product_attention(e, f, v, attn_mask=mask, is_causal=causal,
                                              scale=geometry.scale)

    return run


def eager(case, geometry):
    """Two matrix products and a softmax."""
    prologue = features(case, geometry)
    mask = additive_mask(case, geometry)

    def run(q, k, v):
        e, f = prologue(q, k)
        scores = torch.matmul(e, f.transpose(-1, -2)) * geometry.scale
        if mask is not None:
            scores = scores + mask
        return torch.matmul(torch.softmax(scores, -1), v)

    return run


def einsum(case, geometry):
    """CoCA as its authors' code computes it: E by the contraction path they
    take, then scores, division, mask, softmax in f32 and values, each a tensor.
    """
    if case["variables"]["variant"] != "coca_slack":
        raise Missing("the authors' form computes coca_slack")
    turn_query = Rotation(geometry.query_positions, geometry.channels, geometry.dtype)
    turn_key = Rotation(geometry.key_positions, geometry.channels, geometry.dtype)
    mask = additive_mask(case, geometry)
    least = torch.tensor(torch.finfo(geometry.dtype).min)

    def run(q, u, v):
        first, second = u.chunk(2, -1)
        tau = F.relu((first + second) / 2)
        t = turn_key(torch.cat([tau, tau], -1))
        e = torch.einsum("bpnd,bpnd->bpnd", q, turn_query(q))
        scores = torch.einsum("bpnd,bpsd->bpns", e, t) / math.sqrt(geometry.channels)
        if mask is not None:
            scores = torch.max(scores + mask, least)
        weights = torch.softmax(scores, -1, dtype=torch.float32).to(q.dtype)
        return torch.matmul(weights, v)

    return run


def naive(case, geometry):
    """CoCA by its definition: one key for each (query, key), all in memory."""
    if case["variables"]["variant"] != "coca_slack":
        raise Missing("keys for each query belong to coca_slack")
    if geometry.heads * geometry.queries * geometry.keys * geometry.channels > 2**29:
        raise Missing("its keys take more than 2 GiB")
    turn_query = Rotation(geometry.query_positions, geometry.channels, geometry.dtype)
    turn_key = Rotation(geometry.key_positions, geometry.channels, geometry.dtype)
    mask = additive_mask(case, geometry)

    def run(q, u, v):
        first, second = u.chunk(2, -1)
        tau = F.relu((first + second) / 2)
        t = turn_key(torch.cat([tau, tau], -1))
        keys = q[:, :, :, None, :] * t[:, :, None, :, :]
        scores = (turn_query(q)[:, :, :, None, :] * keys).sum(-1) * geometry.scale
        if mask is not None:
            scores = scores + mask
        return torch.matmul(torch.softmax(scores, -1), v)

    return run


def flex(case, geometry):
    """FlexAttention, compiled; its block mask is made once."""
    try:
        from torch.nn.attention.flex_attention import create_block_mask, flex_attention
    except ImportError as error:
        raise Missing(str(error))
    if case["variables"]["variant"] not in ("attention", "alibi"):
        raise Missing("FlexAttention takes no map of queries and keys")
    offset, back = geometry.keys - geometry.queries, geometry.back

    def causal(b, h, m, n):
        return m + offset >= n

    def window(b, h, m, n):
        return (m + offset >= n) & (m + offset - n <= back)

    visible = {"full": None, "causal": causal, "window": window}[geometry.mask]
    block_mask = visible and create_block_mask(visible, None, None, geometry.queries,
                                               geometry.keys, device="cpu")
    score = None
    if case["variables"]["variant"] == "alibi":
        geometry.alibi()
        slopes = 2.0 ** (-8.0 / geometry.heads * torch.arange(1, geometry.heads + 1))

        def score(s, b, h, m, n):
            return s - slopes[h] * (m + offset - n).abs()

    compiled = torch.compile(flex_attention, fullgraph=True)

    def run(q, k, v):
        return compiled(q, k, v, score_mod=score, block_mask=block_mask, scale=geometry.scale)

    return run


FORMS = {"sdpa": sdpa, "eager": eager, "einsum": einsum, "naive": naive, "flex": flex}
