// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// expected-error @below {{expected positive schedule parameters}}
#zero = #attn.schedule<queryVectors = 1, keyRows = 0, valueRows = 2, keyBlock = 16, keyLeaf = 8>

// -----

// expected-error @below {{expected key_leaf to divide key_block, got 7 and 16}}
#leaf = #attn.schedule<queryVectors = 1, keyRows = 4, valueRows = 2, keyBlock = 16, keyLeaf = 7>

// -----

// expected-error @below {{expected decode_queries of at least -1, got -2}}
#few = #attn.schedule<queryVectors = 1, keyRows = 4, valueRows = 2, keyBlock = 16, keyLeaf = 8, decodeQueries = -2>

// -----

// expected-error @below {{expected an even keyRows and keyLeaf, for products of bf16 take rows two by two, got 3 and 8}}
#odd = #attn.schedule<queryVectors = 1, keyRows = 3, valueRows = 2, keyBlock = 16, keyLeaf = 8, products = bf16>

// -----

// expected-error @below {{expected an even keyRows that divides 32 and a keyLeaf that is a multiple of it, for keys are taken by blocks, got 6 and 32}}
#rows = #attn.schedule<queryVectors = 1, keyRows = 6, valueRows = 2, keyBlock = 64, keyLeaf = 32, products = blocks>

// -----

// expected-error @below {{and a keyLeaf that is a multiple of it, for keys are taken by blocks, got 8 and 16}}
#short = #attn.schedule<queryVectors = 1, keyRows = 8, valueRows = 2, keyBlock = 64, keyLeaf = 16, products = blocks>

// -----

// expected-error @+2 {{to be one of: target, f32, bf16, blocks}}
// expected-error @+1 {{failed to parse Attn_ScheduleAttr parameter 'products'}}
#half = #attn.schedule<queryVectors = 1, keyRows = 4, valueRows = 2, keyBlock = 16, keyLeaf = 8, products = f16>
