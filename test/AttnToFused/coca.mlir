// Keys that depend on the query come out factored at the least width; slack and
// strict have the same key features.
// RUN: sextant-opt %s --attn-to-fused | FileCheck %s
// RUN: sextant-opt %s --attn-to-fused | sextant-opt | FileCheck %s

// Rotate the coefficients, then tie: E = ((x^2 + y^2) c, (y^2 - x^2) c + 2 x y s).
// CHECK-LABEL: func.func @slack
// CHECK-SAME: (%[[Q:[^:]*]]: {{[^,]*}}, %[[U:[^:]*]]: {{[^,]*}}, %[[V:[^:]*]]:
// CHECK: attn.fused query(%[[Q]] : tensor<?x?x?x8xf32>) key(%[[U]] : tensor<?x?x?x8xf32>) value(%[[V]] :
// CHECK-SAME: terms({{\[\[}}#attn.group<count = 4, width = 2, query = [<operand = 0, offset = 0>, <operand = 0, offset = 4>], key = [<operand = 0, offset = 0>, <operand = 0, offset = 4>]>]])
// CHECK-SAME: visible
// CHECK: ^bb0(%[[X:[^:]*]]: f32, %[[Y:[^:]*]]: f32, %{{[^:]*}}: i32, %{{[^:]*}}: i32, %{{[^:]*}}: i32, %[[M:[^:]*]]: i32, %{{[^:]*}}: i32):
// CHECK-DAG: %[[XX:.*]] = arith.mulf %[[X]], %[[X]] : f32
// CHECK-DAG: %[[YY:.*]] = arith.mulf %[[Y]], %[[Y]] : f32
// CHECK-DAG: %[[P:.*]] = arith.addf %[[XX]], %[[YY]] : f32
// CHECK-DAG: %[[C:.*]], %[[S:.*]] = attn.cos_sin %[[M]], %{{.*}}
// CHECK-DAG: %[[E0:.*]] = arith.mulf %[[P]], %[[C]] : f32
// CHECK-DAG: %[[MINUS:.*]] = arith.subf %[[Y]], %[[X]] : f32
// CHECK-DAG: %[[PLUS:.*]] = arith.addf %[[Y]], %[[X]] : f32
// CHECK-DAG: %[[DIFF:.*]] = arith.mulf %[[MINUS]], %[[PLUS]] : f32
// CHECK-DAG: %[[A:.*]] = arith.mulf %[[DIFF]], %[[C]] : f32
// CHECK-DAG: %[[XY:.*]] = arith.mulf %[[X]], %[[Y]] : f32
// CHECK-DAG: %[[XY2:.*]] = arith.mulf %[[XY]], %{{.*}} : f32
// CHECK-DAG: %[[B:.*]] = arith.mulf %[[XY2]], %[[S]] : f32
// CHECK-DAG: %[[E1:.*]] = arith.addf %[[A]], %[[B]] : f32
// CHECK-DAG: %[[F0:.*]] = arith.mulf %[[E0]], %{{.*}} : f32
// CHECK-DAG: %[[F1:.*]] = arith.mulf %[[E1]], %{{.*}} : f32
// CHECK: attn.yield %[[F0]], %[[F1]] : f32, f32
// CHECK: ^bb0(%[[UA:[^:]*]]: f32, %[[UB:[^:]*]]: f32,
// CHECK: %[[SUM:.*]] = arith.addf %[[UA]], %[[UB]] : f32
// CHECK: %[[MEAN:.*]] = arith.mulf %[[SUM]], %{{.*}} : f32
// CHECK: %[[TAU:.*]] = arith.maximumf %[[MEAN]], %{{.*}} : f32
// CHECK: %[[KC:.*]], %[[KS:.*]] = attn.cos_sin
// CHECK: %[[K0:.*]] = arith.mulf %[[TAU]], %[[KC]] : f32
// CHECK: %[[K1:.*]] = arith.mulf %[[TAU]], %[[KS]] : f32
// CHECK: attn.yield %[[K0]], %[[K1]] : f32, f32
func.func @slack(%q: tensor<?x?x?x8xf32>, %u: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %pq, %pk = attn.positions %q, %u align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %tau = attn.collinear_coefficients %u : tensor<?x?x?x8xf32>
  %t = attn.duplicate half %tau : tensor<?x?x?x4xf32>
  %tr = attn.rotate %t at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %k = attn.collinear_keys %q, %tr : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %k scale(0.125) : tensor<?x?x?x8xf32>, tensor<?x?x?x?x8xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// Tie, then rotate the tied key: E = ((x^2 + y^2) c, (x^2 + y^2) s).
// CHECK-LABEL: func.func @strict
// CHECK: count = 4, width = 2, query = [<operand = 0, offset = 0>, <operand = 0, offset = 4>], key = [<operand = 0, offset = 0>, <operand = 0, offset = 4>]>]])
// CHECK: ^bb0(%[[X:[^:]*]]: f32, %[[Y:[^:]*]]: f32, %{{[^:]*}}: i32, %{{[^:]*}}: i32, %{{[^:]*}}: i32, %[[M:[^:]*]]: i32, %{{[^:]*}}: i32):
// CHECK-DAG: %[[XX:.*]] = arith.mulf %[[X]], %[[X]] : f32
// CHECK-DAG: %[[YY:.*]] = arith.mulf %[[Y]], %[[Y]] : f32
// CHECK-DAG: %[[P:.*]] = arith.addf %[[XX]], %[[YY]] : f32
// CHECK-DAG: %[[C:.*]], %[[S:.*]] = attn.cos_sin %[[M]], %{{.*}}
// CHECK-DAG: %[[E0:.*]] = arith.mulf %[[P]], %[[C]] : f32
// CHECK-DAG: %[[E1:.*]] = arith.mulf %[[P]], %[[S]] : f32
// CHECK-DAG: %[[F0:.*]] = arith.mulf %[[E0]], %{{.*}} : f32
// CHECK-DAG: %[[F1:.*]] = arith.mulf %[[E1]], %{{.*}} : f32
// CHECK: attn.yield %[[F0]], %[[F1]] : f32, f32
// CHECK: %[[TAU:.*]] = arith.maximumf
// CHECK: %[[KC:.*]], %[[KS:.*]] = attn.cos_sin
// CHECK: %[[K0:.*]] = arith.mulf %[[TAU]], %[[KC]] : f32
// CHECK: %[[K1:.*]] = arith.mulf %[[TAU]], %[[KS]] : f32
// CHECK: attn.yield %[[K0]], %[[K1]] : f32, f32
func.func @strict(%q: tensor<?x?x?x8xf32>, %u: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %pq, %pk = attn.positions %q, %u align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %tau = attn.collinear_coefficients %u : tensor<?x?x?x8xf32>
  %t = attn.duplicate half %tau : tensor<?x?x?x4xf32>
  %k = attn.collinear_keys %q, %t : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x?x8xf32>, tensor<?x?xi32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %kr scale(0.125) : tensor<?x?x?x8xf32>, tensor<?x?x?x?x8xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// The other reading of strict ties the query too: p = 2 x^2, one member.
// CHECK-LABEL: func.func @strict_duplicated
// CHECK: count = 4, width = 2, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>, <operand = 0, offset = 4>]>]])
func.func @strict_duplicated(%x: tensor<?x?x?x4xf32>, %u: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %q = attn.duplicate half %x : tensor<?x?x?x4xf32>
  // The positions do not keep the duplicated query alive.
  // CHECK-NOT: attn.row_map
  %pq, %pk = attn.positions %q, %u align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %tau = attn.collinear_coefficients %u : tensor<?x?x?x8xf32>
  %t = attn.duplicate half %tau : tensor<?x?x?x4xf32>
  %k = attn.collinear_keys %q, %t : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %kr = attn.rotate %k at %pk (#attn.rope<base = 1.0e4>) : tensor<?x?x?x?x8xf32>, tensor<?x?xi32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x8xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %kr : tensor<?x?x?x8xf32>, tensor<?x?x?x?x8xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}
