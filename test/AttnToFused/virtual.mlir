// Tensors over (query, key) pairs are never stored: what would need one is
// refused, with its size.
// RUN: sextant-opt %s --attn-to-fused --split-input-file --verify-diagnostics

func.func @scores_returned(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>) -> tensor<?x?x?x?xf32> {
  // expected-error @+1 {{the scores would have to be stored: B*H*M*N elements}}
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  // expected-note @+1 {{'func.return' needs them in memory}}
  return %s : tensor<?x?x?x?xf32>
}

// -----

func.func @weights_returned(%q: tensor<2x4x1024x8xf32>, %k: tensor<2x4x1024x8xf32>) -> tensor<2x4x1024x1024xf32> {
  %s = attn.scores %q, %k : tensor<2x4x1024x8xf32>, tensor<2x4x1024x8xf32>
  // expected-error @+1 {{the weights would have to be stored: 2*4*1024*1024 elements, 32 MiB}}
  %p = attn.softmax %s : tensor<2x4x1024x1024xf32>
  // expected-note @+1 {{'func.return' needs them in memory}}
  return %p : tensor<2x4x1024x1024xf32>
}

// -----

func.func @keys_returned(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>) -> tensor<?x?x?x?x8xf32> {
  // expected-error @+1 {{the per-query keys would have to be stored: B*H*M*N*8 elements}}
  %t = attn.pair_keys %q, %k (%x, %y) {
    %z = arith.mulf %x, %y : f32
    attn.yield %z : f32
  } : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  // expected-note @+1 {{'func.return' needs them in memory}}
  return %t : tensor<?x?x?x?x8xf32>
}

// -----

func.func @no_sum(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>) -> tensor<?x?x?xf32> {
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  // expected-error @+1 {{expected an attn.weighted_sum of its weights}}
  %p, %lse = attn.softmax %s lse : tensor<?x?x?x?xf32>
  return %lse : tensor<?x?x?xf32>
}

// -----

func.func @scores_argument(%s: tensor<?x?x?x?xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  // expected-error @+1 {{expected its scores to come from attn.scores in this function}}
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// -----

// expected-error @+1 {{keys of (query, key) pairs must be computed here, by attn.pair_keys: expected rows of rank 4, got 'tensor<?x?x?x?x8xf32>'}}
func.func @keys_argument(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x?x8xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}
