// RUN: sextant-opt %s -verify-roundtrip | FileCheck %s

// A rotation of two channels on both sides, a distance bias, a mask, captures.
// CHECK-LABEL: @fused(
// CHECK: attn.fused query(%{{.*}} : tensor<?x?x?x4xf32>) key(%{{.*}} : tensor<?x?x?x4xf32>) value(%{{.*}} : tensor<?x?x?x6xf32>)
// CHECK-SAME: positions(
// CHECK-SAME: captures(
// CHECK-SAME: terms(
// CHECK-SAME: #attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 2>]>
// CHECK-SAME: normalizer(#attn.softmax)
// CHECK: score
// CHECK: visible
// CHECK: features
func.func @fused(%q: tensor<?x?x?x4xf32>, %k: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x6xf32>, %m: tensor<?x?xi32>, %n: tensor<?x?xi32>, %w: tensor<?xf32>) -> (tensor<?x?x?x6xf32>, tensor<?x?x?xf32>) {
  %o, %lse = attn.fused query(%q : tensor<?x?x?x4xf32>) key(%k : tensor<?x?x?x4xf32>) value(%v : tensor<?x?x?x6xf32>)
    positions(%m, %n : tensor<?x?xi32>, tensor<?x?xi32>) captures(%w : tensor<?xf32>)
    terms([[#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 2>]>]])
    normalizer(#attn.softmax)
    score {
    ^bb0(%s: f32, %b: i32, %h: i32, %i: i32, %j: i32, %qp: i32, %kp: i32):
      %x = attn.read %w[%h] : tensor<?xf32>
      %y = arith.addf %s, %x : f32
      attn.yield %y : f32
    }
    visible {
    ^bb0(%b: i32, %h: i32, %i: i32, %j: i32, %qp: i32, %kp: i32):
      %x = arith.cmpi sle, %kp, %qp : i32
      attn.yield %x : i1
    }
    features {
    ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
      attn.yield %x : f32
    }, {
    ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
      attn.yield %x : f32
    } : tensor<?x?x?x6xf32>, tensor<?x?x?xf32>
  return %o, %lse : tensor<?x?x?x6xf32>, tensor<?x?x?xf32>
}

// What is stored of each element of the sums.
// CHECK-LABEL: @output(
// CHECK: normalizer(#attn.softmax) output {
// CHECK-NEXT: ^bb0(%{{.*}}: f32, %{{.*}}: i32, %{{.*}}: i32, %{{.*}}: i32, %{{.*}}: i32, %{{.*}}: i32):
// CHECK: } features {
func.func @output(%q: tensor<?x?x?x2xf32>, %k: tensor<?x?x?x2xf32>) -> tensor<?x?x?x2xf16> {
  %o = attn.fused query(%q : tensor<?x?x?x2xf32>) key(%k : tensor<?x?x?x2xf32>) value(%k : tensor<?x?x?x2xf32>)
    terms([[#attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>]])
    normalizer(#attn.softmax) output {
    ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %c: i32):
      %y = arith.mulf %x, %x : f32
      attn.yield %y : f32
    } features {
    ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
      attn.yield %x : f32
    }, {
    ^bb0(%x: f32, %b: i32, %h: i32, %i: i32, %p: i32, %g: i32):
      attn.yield %x : f32
    } : tensor<?x?x?x2xf16>
  return %o : tensor<?x?x?x2xf16>
}
