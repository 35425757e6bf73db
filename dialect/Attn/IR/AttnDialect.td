//===- AttnDialect.td - Everything of the dialect, for one TableGen run -*- tablegen -*-===//

include "dialect/Attn/IR/AttnOps.td"
include "dialect/Attn/IR/EntryOps.td"
include "dialect/Attn/IR/FusedOps.td"
include "dialect/Attn/IR/TiledOps.td"
include "dialect/Attn/IR/VectorOps.td"
