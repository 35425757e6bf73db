// Scores that do not separate into query and key features are refused at the
// op that reads both rows.
// RUN: sextant-opt %s --attn-to-fused --split-input-file --verify-diagnostics

func.func @relu_of_product(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %t = attn.pair_keys %q, %k (%x, %y) {
    // expected-note @+1 {{operand 0 is defined here}}
    %z = arith.mulf %x, %y : f32
    // expected-note @+1 {{operand 1 is defined here}}
    %zero = arith.constant 0.0 : f32
    // expected-error @+1 {{term 0 does not separate into query and key features: 'maximumf' reads query and key values at once: q*k, 0; but sampled scores have rank 2: an exact form of that width may exist, rewrite the score with one-sided ops}}
    %r = arith.maximumf %z, %zero : f32
    attn.yield %r : f32
  } : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  // expected-note @+1 {{in channel 0 and 7 more groups like it of these scores; without separation the keys take B*H*M*N*8 elements}}
  %s = attn.scores %q, %t : tensor<?x?x?x8xf32>, tensor<?x?x?x?x8xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// -----

func.func @larger(%q: tensor<1x2x512x8xf32>, %k: tensor<1x2x512x8xf32>, %v: tensor<1x2x512x8xf32>) -> tensor<1x2x512x8xf32> {
  %t = attn.pair_keys %q, %k (%x, %y) {
    // expected-error @+1 {{'maximumf' reads query and key values at once: q, k; any exact form needs at least}}
    %r = arith.maximumf %x, %y : f32
    attn.yield %r : f32
  } : tensor<1x2x512x8xf32>, tensor<1x2x512x8xf32>
  // expected-note @+1 {{without separation the keys take 1*2*512*512*8 elements, 16 MiB}}
  %s = attn.scores %q, %t : tensor<1x2x512x8xf32>, tensor<1x2x512x512x8xf32>
  %p = attn.softmax %s : tensor<1x2x512x512xf32>
  %o = attn.weighted_sum %p, %v : tensor<1x2x512x512xf32>, tensor<1x2x512x8xf32>
  return %o : tensor<1x2x512x8xf32>
}

// -----

func.func @angle_of_product(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %t = attn.pair_keys %q, %k (%x, %y) {
    // expected-note @+1 {{operand 0 is defined here}}
    %z = arith.mulf %x, %y : f32
    // expected-error @+1 {{the angle contains q*k, which mixes query and key; expected (query part) + (key part)}}
    %r = math.cos %z : f32
    attn.yield %r : f32
  } : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  // expected-note @+1 {{without separation}}
  %s = attn.scores %q, %t : tensor<?x?x?x8xf32>, tensor<?x?x?x?x8xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// -----

// A scalar from outside would be read by every thread of every tile: it is a
// tensor of rank 0.
func.func @scalar_capture(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>, %a: f32) -> tensor<?x?x?x8xf32> {
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  // expected-error @+1 {{region reads a value of type 'f32' from outside: expected a constant, or a tensor read by attn.read}}
  %t = attn.score_map %s (%x, %b, %h, %i, %j, %m, %n) {
    // expected-note @+1 {{read here}}
    %y = arith.mulf %x, %a : f32
    attn.yield %y : f32
  } : tensor<?x?x?x?xf32>
  %p = attn.softmax %t : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// -----

// encode_c3
func.func @norm_of_pair_keys(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %t = attn.collinear_keys %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  // expected-error @+1 {{reads whole keys of (query, key) pairs, which no kernel stores: expected rows of rank 4, got 'tensor<?x?x?x?x8xf32>'; encode the rows that the keys are made of}}
  %n = attn.encode %t (#attn.l2_norm) : tensor<?x?x?x?x8xf32>
  %s = attn.scores %q, %n : tensor<?x?x?x8xf32>, tensor<?x?x?x?x8xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// -----

func.func @weights_for_two(%v: tensor<?x?x?x8xf32>, %seed: tensor<i32>, %d: tensor<f32>) -> (tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>) {
  %q = attn.row_map %v (%e, %b, %h, %i, %m, %c) {
    attn.yield %e : f32
  } : tensor<?x?x?x8xf32>
  %t = attn.scores %q, %v : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  // expected-error @+1 {{expected one consumer of the weights, got 2; keeping them for both takes B*H*M*N elements}}
  %p = attn.normalize %t by (#attn.sigmoid) : tensor<?x?x?x?xf32>
  // expected-note @+1 {{consumed here}}
  %w = attn.dropout %p seed(%seed : tensor<i32>) probability(%d : tensor<f32>) : tensor<?x?x?x?xf32>
  %a = attn.weighted_sum %w, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  // expected-note @+1 {{consumed here}}
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o, %a : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
}

// -----

func.func @rows_of_two_attentions(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %l: tensor<?x?x?x8xf32>) -> (tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>) {
  %t = attn.row_map %q (%x, %b, %h, %i, %m, %c) {
    // Both have as many queries.
    %queries = attn.extent queries
    // expected-error @+1 {{expected an extent that all attentions of these rows share, or a static one; compute rows for each of them by an op of its own}}
    %keys = attn.extent keys
    %n = arith.addi %keys, %queries : i32
    %f = arith.sitofp %n : i32 to f32
    %y = arith.mulf %x, %f : f32
    attn.yield %y : f32
  } : tensor<?x?x?x8xf32>
  %s = attn.scores %t, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %k : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  // expected-note @+1 {{another attention is this one}}
  %s2 = attn.scores %t, %l : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p2 = attn.softmax %s2 : tensor<?x?x?x?xf32>
  %o2 = attn.weighted_sum %p2, %l : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o, %o2 : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
}

// -----

func.func @stored_rows_of_an_attention(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>) -> (tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>) {
  %t = attn.row_map %k (%x, %b, %h, %i, %m, %c) {
    // expected-error @+1 {{expected an extent of the rows themselves or a static one, as the rows are a result as well as part of an attention; return rows that another op computes, without it}}
    %n = attn.extent heads
    %f = arith.sitofp %n : i32 to f32
    %y = arith.mulf %x, %f : f32
    attn.yield %y : f32
  } : tensor<?x?x?x8xf32>
  // expected-note @+1 {{the attention is this one}}
  %s = attn.scores %q, %t : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %k : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o, %t : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
}
