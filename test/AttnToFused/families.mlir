// Channels split into groups that do not mix; groups of one structure become
// one #attn.group with a channel progression.
// RUN: sextant-opt %s --attn-to-fused | FileCheck %s

// An odd channel count is fine without pairs, Dv is its own, the scale is in E.
// CHECK-LABEL: func.func @plain
// CHECK: attn.fused query(%arg0 : tensor<?x?x?x5xf32>) key(%arg1 : tensor<?x?x?x5xf32>) value(%arg2 : tensor<?x?x?x7xf32>) terms({{\[\[}}#attn.group<count = 5, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]]) normalizer(#attn.softmax)
// CHECK: ^bb0(%[[X:[^:]*]]: f32,
// CHECK: %[[SCALE:.*]] = arith.constant 2.500000e-01 : f32
// CHECK: %[[E:.*]] = arith.mulf %[[X]], %[[SCALE]] : f32
// CHECK: attn.yield %[[E]] : f32
// CHECK: ^bb0(%[[Y:[^:]*]]: f32,
// CHECK-NEXT: attn.yield %[[Y]] : f32
func.func @plain(%q: tensor<?x?x?x5xf32>, %k: tensor<?x?x?x5xf32>, %v: tensor<?x?x?x7xf32>) -> tensor<?x?x?x7xf32> {
  %s = attn.scores %q, %k scale(0.25) : tensor<?x?x?x5xf32>, tensor<?x?x?x5xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x7xf32>
  return %o : tensor<?x?x?x7xf32>
}

// CHECK-LABEL: func.func @half
// CHECK: terms({{\[\[}}#attn.group<count = 4, width = 2, query = [<operand = 0, offset = 0>, <operand = 0, offset = 4>], key = [<operand = 0, offset = 0>, <operand = 0, offset = 4>]>]])
func.func @half(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %kr : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// CHECK-LABEL: func.func @interleaved
// CHECK: terms({{\[\[}}#attn.group<count = 4, width = 2, query = [<operand = 0, offset = 0, stride = 2>, <operand = 0, offset = 1, stride = 2>], key = [<operand = 0, offset = 0, stride = 2>, <operand = 0, offset = 1, stride = 2>]>]])
func.func @interleaved(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4, layout = interleaved>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4, layout = interleaved>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %kr : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// Partial rotary: pairs in [0, 4), single channels in [4, 9).
// CHECK-LABEL: func.func @partial
// CHECK: terms({{\[\[}}#attn.group<count = 2, width = 2, query = [<operand = 0, offset = 0>, <operand = 0, offset = 2>], key = [<operand = 0, offset = 0>, <operand = 0, offset = 2>]>, #attn.group<count = 5, width = 1, query = [<operand = 0, offset = 4>], key = [<operand = 0, offset = 4>]>]])
func.func @partial(%q: tensor<?x?x?x9xf32>, %k: tensor<?x?x?x9xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x9xf32>, tensor<?x?x?x9xf32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4, rotary = 4>) : tensor<?x?x?x9xf32>, tensor<?x?xi32>
  %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4, rotary = 4>) : tensor<?x?x?x9xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %kr : tensor<?x?x?x9xf32>, tensor<?x?x?x9xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// Two bases on two channel ranges: two groups whose frequencies differ.
// CHECK-LABEL: func.func @two_bases
// CHECK: terms({{\[\[}}#attn.group<count = 2, width = 2, query = [<operand = 0, offset = 0>, <operand = 0, offset = 2>], key = [<operand = 0, offset = 0>, <operand = 0, offset = 2>]>, #attn.group<count = 2, width = 2, query = [<operand = 0, offset = 4>, <operand = 0, offset = 6>], key = [<operand = 0, offset = 4>, <operand = 0, offset = 6>]>]])
func.func @two_bases(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %qa = attn.slice %q channels(0, 4) : tensor<?x?x?x8xf32>
  %qb = attn.slice %q channels(4, 4) : tensor<?x?x?x8xf32>
  %ka = attn.slice %k channels(0, 4) : tensor<?x?x?x8xf32>
  %kb = attn.slice %k channels(4, 4) : tensor<?x?x?x8xf32>
  %qra = attn.rotate %qa at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x4xf32>, tensor<?x?xi32>
  %qrb = attn.rotate %qb at %pq (#attn.rope<base = 5.0e5>) : tensor<?x?x?x4xf32>, tensor<?x?xi32>
  %kra = attn.rotate %ka at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x4xf32>, tensor<?x?xi32>
  %krb = attn.rotate %kb at %pk (#attn.rope<base = 5.0e5>) : tensor<?x?x?x4xf32>, tensor<?x?xi32>
  %qr = attn.concat %qra, %qrb : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %kr = attn.concat %kra, %krb : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %s = attn.scores %qr, %kr : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// Queries and keys joined from two tensors each: operands and progressions.
// CHECK-LABEL: func.func @joined
// CHECK: attn.fused query(%arg0, %arg1 : tensor<?x?x?x4xf32>, tensor<?x?x?x2xf32>) key(%arg2, %arg3 : tensor<?x?x?x4xf32>, tensor<?x?x?x2xf32>)
// CHECK-SAME: #attn.group<count = 4, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>, #attn.group<count = 1, width = 2, query = [<operand = 1, offset = 0>, <operand = 1, offset = 1>], key = [<operand = 1, offset = 0>, <operand = 1, offset = 1>]>
func.func @joined(%qn: tensor<?x?x?x4xf32>, %qp: tensor<?x?x?x2xf32>, %kn: tensor<?x?x?x4xf32>, %kp: tensor<?x?x?x2xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %pq, %pk = attn.positions %qn, %kn align(bottom_right) : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %qr = attn.rotate %qp at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x2xf32>, tensor<?x?xi32>
  %kr = attn.rotate %kp at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x2xf32>, tensor<?x?xi32>
  %q = attn.concat %qn, %qr : tensor<?x?x?x4xf32>, tensor<?x?x?x2xf32>
  %k = attn.concat %kn, %kr : tensor<?x?x?x4xf32>, tensor<?x?x?x2xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x6xf32>, tensor<?x?x?x6xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}
