// RUN: sextant-opt %s --attn-to-fused --attn-fused-to-tiled --attn-verify-tiled-form | FileCheck %s

// A mask that reads one element a token gets bounds of that tensor.

// CHECK-LABEL: func @documents
// One tensor has one summary, however often it is read; what is read once a
// batch entry, by query and key at once, or as a float has none.
// CHECK-NOT: attn.summarize
// CHECK: %[[S:.*]] = attn.summarize %arg1 : tensor<?x?xi32> -> tensor<?x?x2xi32>
// CHECK-NEXT: %[[R:.*]] = attn.summarize %arg2 : tensor<?x?xi1> -> tensor<?x?x2xi32>
// CHECK-NEXT: attn.for_tiles {{.*}} captures({{.*}}) summaries(%[[S]], %[[R]])
func.func @documents(%q: tensor<?x?x?x8xf32>, %seg: tensor<?x?xi32>, %real: tensor<?x?xi1>,
                     %length: tensor<?xi32>, %dense: tensor<?x?x?xi1>, %gate: tensor<?x?xf32>) -> tensor<?x?x?x8xf32> {
  %s = attn.scores %q, %q : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %w = attn.softmax %s visible (%b, %h, %i, %j, %m, %n) {
    %x = attn.read %seg[%b, %i] : tensor<?x?xi32>
    %y = attn.read %seg[%b, %j] : tensor<?x?xi32>
    %a = arith.cmpi eq, %x, %y : i32
    %c = attn.read %real[%b, %j] : tensor<?x?xi1>
    %l = attn.read %length[%b] : tensor<?xi32>
    %d = arith.cmpi slt, %j, %l : i32
    %e = attn.read %dense[%b, %i, %j] : tensor<?x?x?xi1>
    %g = attn.read %gate[%b, %j] : tensor<?x?xf32>
    %zero = arith.constant 0.0 : f32
    %f = arith.cmpf ogt, %g, %zero : f32
    %ac = arith.andi %a, %c : i1
    %de = arith.andi %d, %e : i1
    %acf = arith.andi %ac, %f : i1
    %seen = arith.andi %acf, %de : i1
    attn.yield %seen : i1
  } : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %w, %q : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// Positions that arguments give get bounds where the mask reads them; a tensor
// of both sides is summarized once.
// CHECK-LABEL: func @given_positions
// CHECK: %[[P:.*]] = attn.summarize %arg1
// CHECK-NOT: attn.summarize
// CHECK: attn.for_tiles {{.*}} summaries(%[[P]])
func.func @given_positions(%q: tensor<?x?x?x8xf32>, %p: tensor<?x?xi32>) -> tensor<?x?x?x8xf32> {
  %s = attn.scores %q, %q : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %w = attn.softmax %s at (%p, %p) visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %w, %q : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}

// Positions that follow from the row numbers need none.
// CHECK-LABEL: func @affine
// CHECK-NOT: attn.summarize
func.func @affine(%q: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %pq, %pk = attn.positions %q, %q align(top_left) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %s = attn.scores %q, %q : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %w = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %w, %q : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}
