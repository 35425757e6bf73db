// What works but is probably not what was meant, and what is left out.
// RUN: sextant-opt %s --attn-to-fused --split-input-file --verify-diagnostics

// Tied at distance 4, rotated at distance 2: four channels mix.
func.func @disagreeing_pairs(%q: tensor<?x?x?x8xf32>, %u: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %pq, %pk = attn.positions %q, %u align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  // expected-note @+1 {{pairs 4 channels here}}
  %tau = attn.collinear_coefficients %u : tensor<?x?x?x8xf32>
  // expected-note @+1 {{pairs 8 channels here}}
  %t = attn.duplicate half %tau : tensor<?x?x?x4xf32>
  %k = attn.collinear_keys %q, %t : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  // expected-note @+1 {{pairs 4 channels here}}
  %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4, rotary = 4>) : tensor<?x?x?x?x8xf32>, tensor<?x?xi32>
  // expected-note @+1 {{pairs 4 channels here}}
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4, rotary = 4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  // expected-warning @+1 {{channel pairings disagree: 4 channels mix in each of 2 groups (channels 0, 2, 4, 6 and 1 more group like it), which takes 6 features a group}}
  %s = attn.scores %qr, %kr : tensor<?x?x?x8xf32>, tensor<?x?x?x?x8xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// -----

func.func @row_constant(%q: tensor<?x?x?x4xf32>, %k: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %t = attn.pair_keys %q, %k (%x, %y) {
    %z = arith.addf %x, %y : f32
    attn.yield %z : f32
  } : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  // expected-remark @+1 {{softmax cancels the terms that depend on the query row alone: q^2}}
  %s = attn.scores %q, %t : tensor<?x?x?x4xf32>, tensor<?x?x?x?x4xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// -----

// The exported log-sum-exp has them: nothing is left out.
func.func @row_constant_exported(%q: tensor<?x?x?x4xf32>, %k: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x8xf32>) -> (tensor<?x?x?x8xf32>, tensor<?x?x?xf32>) {
  %t = attn.pair_keys %q, %k (%x, %y) {
    %z = arith.addf %x, %y : f32
    attn.yield %z : f32
  } : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %s = attn.scores %q, %t : tensor<?x?x?x4xf32>, tensor<?x?x?x?x4xf32>
  %p, %lse = attn.softmax %s lse : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o, %lse : tensor<?x?x?x8xf32>, tensor<?x?x?xf32>
}

// -----

func.func @hidden_by_infinity(%q: tensor<?x?x?x4xf32>, %k: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %s = attn.scores %q, %k : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  // expected-warning @+1 {{a score map hides scores by the number -inf; a mask is a predicate, 'visible' of attn.softmax: tiles are skipped, and a row that sees no key gives 0}}
  %t = attn.score_map %s (%x, %b, %h, %i, %j, %m, %n) {
    %none = arith.constant 0xFF800000 : f32
    %seen = arith.cmpi sle, %j, %i : i32
    %y = arith.select %seen, %x, %none : f32
    attn.yield %y : f32
  } : tensor<?x?x?x?xf32>
  %p = attn.softmax %t : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// -----

func.func @hidden_by_finfo_min(%q: tensor<?x?x?x4xf32>, %k: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %s = attn.scores %q, %k : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  // expected-warning @+1 {{a score map hides scores by the number -3.402823e+38; a mask is a predicate, 'visible' of attn.softmax: tiles are skipped, and a row that sees no key gives 0}}
  %t = attn.score_map %s (%x, %b, %h, %i, %j, %m, %n) {
    %least = arith.constant -3.40282347E+38 : f32
    %y = arith.addf %x, %least : f32
    attn.yield %y : f32
  } : tensor<?x?x?x?xf32>
  %p = attn.softmax %t : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// -----

func.func @hidden_by_a_tensor(%q: tensor<?x?x?x4xf32>, %k: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x8xf32>, %mask: tensor<?x?xi1>) -> tensor<?x?x?x8xf32> {
  %s = attn.scores %q, %k : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  // expected-warning @+1 {{a score map reads the booleans of a tensor, as a mask does; a mask is a predicate, 'visible' of attn.softmax: tiles are skipped, and a row that sees no key gives 0}}
  %t = attn.score_map %s (%x, %b, %h, %i, %j, %m, %n) {
    %low = arith.constant -1.0 : f32
    %seen = attn.read %mask[%b, %j] : tensor<?x?xi1>
    %y = arith.select %seen, %x, %low : f32
    attn.yield %y : f32
  } : tensor<?x?x?x?xf32>
  %p = attn.softmax %t : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// -----

// A large number that hides nothing.

func.func @large_but_no_mask(%q: tensor<?x?x?x4xf32>, %k: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %s = attn.scores %q, %k : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %t = attn.score_map %s (%x, %b, %h, %i, %j, %m, %n) {
    %large = arith.constant 1.0e+30 : f32
    %y = arith.minimumf %x, %large : f32
    attn.yield %y : f32
  } : tensor<?x?x?x?xf32>
  %p = attn.softmax %t : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}
