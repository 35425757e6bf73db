// RUN: sextant-opt %s | sextant-opt | FileCheck %s
// Every op of the tiled form is printed and read again.

// CHECK-LABEL: func.func @all
func.func @all(%q: tensor<?x?x?x4xf32>, %t: tensor<?x?x?x2xf32>,
               %v: tensor<?x?x?x3xf32>, %slope: tensor<?xf32>,
               %segments: tensor<?x20xi32>)
    -> (tensor<?x?x?x3xf32>, tensor<?x?x?xf32>) {
  %pq, %pk = attn.positions %q, %t align(bottom_right)
      : tensor<?x?x?x4xf32>, tensor<?x?x?x2xf32>
  %w = arith.constant dense<[1.0, 0.01]> : tensor<2xf64>
  // CHECK: attn.row_features(%{{[^ ,)]+}}) at %{{[^ ,)]+}} captures(%{{[^ ,)]+}}) groups
  // CHECK-SAME: #attn.row_group<count = 2, inputs = [<operand = 0, offset = 0>]
  // CHECK-SAME: outputs = [<operand = 0, offset = 0>, <operand = 0, offset = 2>]>
  %f = attn.row_features(%t) at %pk captures(%w)
      groups [#attn.row_group<count = 2, inputs = [<operand = 0, offset = 0>],
              outputs = [<operand = 0, offset = 0>, <operand = 0, offset = 2>]>] {
  ^bb0(%x: f32, %b: i32, %h: i32, %j: i32, %n: i32, %g: i32):
    %a = attn.read %w[%g] : tensor<2xf64>
    %c, %s = attn.cos_sin %n, %a
    %xc = arith.mulf %x, %c : f32
    %xs = arith.mulf %x, %s : f32
    attn.yield %xc, %xs : f32, f32
  } : (tensor<?x?x?x2xf32>, tensor<?x?xi32>, tensor<2xf64>) -> tensor<?x?x?x4xf32>
  // CHECK: attn.tabulate(%{{[^ ,)]+}}, %{{[^ ,)]+}}) align(bottom_right) captures(%{{[^ ,)]+}})
  %strip = attn.tabulate(%q, %t) align(bottom_right) captures(%slope) {
  ^bb0(%h: i32, %d: i32):
    %m = attn.read %slope[%h] : tensor<?xf32>
    %x = arith.sitofp %d : i32 to f32
    %y = arith.mulf %m, %x : f32
    attn.yield %y : f32
  } : (tensor<?x?x?x4xf32>, tensor<?x?x?x2xf32>, tensor<?xf32>) -> tensor<?x?xf32>
  // CHECK: attn.tabulate_rows keys(%{{[^ ,)]+}}, %{{[^ ,)]+}}) at %{{[^ ,)]+}} per_head captures(%{{[^ ,)]+}}) {
  // CHECK: -> tensor<1x?x?xf32>
  %rows = attn.tabulate_rows keys(%q, %t) at %pk per_head captures(%slope) {
  ^bb0(%b: i32, %h: i32, %j: i32, %n: i32):
    %m = attn.read %slope[%h] : tensor<?xf32>
    %x = arith.sitofp %n : i32 to f32
    %y = arith.mulf %m, %x : f32
    attn.yield %y : f32
  } : (tensor<?x?x?x4xf32>, tensor<?x?x?x2xf32>, tensor<?x?xi32>, tensor<?xf32>)
      -> tensor<1x?x?xf32>
  // CHECK: attn.tabulate_rows queries(%{{[^ ,)]+}}, %{{[^ ,)]+}}) per_batch {
  %more = attn.tabulate_rows queries(%q, %t) per_batch {
  ^bb0(%b: i32, %h: i32, %j: i32, %n: i32):
    %x = arith.sitofp %b : i32 to f32
    attn.yield %x : f32
  } : (tensor<?x?x?x4xf32>, tensor<?x?x?x2xf32>) -> tensor<?x1x?xf32>
  // CHECK: attn.tabulate_band queries(%{{[^ ,)]+}}, %{{[^ ,)]+}}) align(bottom_right) band(-1, 1) captures(%{{[^ ,)]+}}) {
  // CHECK: -> tensor<?x?x?x288xf32>
  %near = attn.tabulate_band queries(%q, %t) align(bottom_right) band(-1, 1) captures(%slope) {
  ^bb0(%b: i32, %h: i32, %i: i32, %d: i32):
    %m = attn.read %slope[%d] : tensor<?xf32>
    attn.yield %m : f32
  } : (tensor<?x?x?x4xf32>, tensor<?x?x?x2xf32>, tensor<?xf32>) -> tensor<?x?x?x288xf32>
  // CHECK: attn.tabulate_band keys(%{{[^ ,)]+}}, %{{[^ ,)]+}}) align(top_left) band(-1, 1) {
  %nearKeys = attn.tabulate_band keys(%q, %t) align(top_left) band(-1, 1) {
  ^bb0(%b: i32, %h: i32, %i: i32, %d: i32):
    %x = arith.sitofp %i : i32 to f32
    attn.yield %x : f32
  } : (tensor<?x?x?x4xf32>, tensor<?x?x?x2xf32>) -> tensor<?x?x?x48xf32>
  // Three leaves of eight.
  // CHECK: attn.summarize %{{.+}} : tensor<?x20xi32> -> tensor<?x6x2xi32>
  %summary = attn.summarize %segments : tensor<?x20xi32> -> tensor<?x6x2xi32>
  // CHECK: attn.for_tiles query(%{{[^ ,)]+}}) key(%{{[^ ,)]+}}) value(%{{[^ ,)]+}})
  // CHECK-SAME: positions(%{{[^ ,)]+}}, %{{[^ ,)]+}}) captures(%{{[^ ,)]+}}, %{{[^ ,)]+}})
  // CHECK-SAME: summaries(%{{[^ ,)]+}})
  // CHECK-SAME: schedule(<queryVectors = 1, keyRows = 4, valueRows = 2, keyBlock = 16, keyLeaf = 8>)
  %o, %lse = attn.for_tiles query(%q) key(%f) value(%v) positions(%pq, %pk)
      captures(%strip, %segments) summaries(%summary)
      schedule(<queryVectors = 1, keyRows = 4, valueRows = 2, keyBlock = 16,
                keyLeaf = 8>) {
  ^bb0(%i: !attn.query_tile):
    // CHECK: attn.tile_features
    %e = attn.tile_features %i groups [#attn.group<count = 4, width = 1,
        query = [<operand = 0, offset = 0>]>] {
    ^bb0(%x: f32, %b: i32, %h: i32, %r: i32, %p: i32, %g: i32):
      attn.yield %x : f32
    } : !attn.features<4>
    // CHECK: attn.init_state(#attn.softmax) : <3>
    %z = attn.init_state(#attn.softmax) : !attn.state<3>
    // CHECK: attn.for_keys %{{[^ ,)]+}}, %{{[^ ,)]+}} visible
    %s = attn.for_keys %i, %z visible {
    ^bb0(%b: i32, %h: i32, %qi: i32, %kj: i32, %p: i32, %n: i32):
      %own = attn.read %segments[%b, %kj] : tensor<?x20xi32>
      %seen = arith.cmpi sle, %n, %own : i32
      attn.yield %seen : i1
    } {
    ^bb0(%j: !attn.key_tile, %state: !attn.state<3>):
      // CHECK: attn.load_keys
      %k = attn.load_keys %j : !attn.features<4>
      // CHECK: attn.contract
      %x = attn.contract %e, %k : !attn.features<4>
      // CHECK: attn.score
      %y = attn.score %x (%dot, %b, %h, %qi, %kj, %p, %n) {
        %d = arith.subi %p, %n : i32
        %bias = attn.read %strip[%h, %d] : tensor<?x?xf32>
        %sum = arith.addf %dot, %bias : f32
        attn.yield %sum : f32
      }
      // CHECK: attn.mask
      %m = attn.mask %y
      // CHECK: attn.absorb
      %a, %w8 = attn.absorb %state, %m : !attn.state<3>
      // CHECK: attn.accumulate
      %n = attn.accumulate %a, %w8, %j : !attn.state<3>
      // CHECK: attn.next
      attn.next %n : !attn.state<3>
    } : !attn.state<3>
    // CHECK: attn.finalize
    attn.finalize %s : !attn.state<3>
  } : (tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>, tensor<?x?x?x3xf32>,
       tensor<?x?xi32>, tensor<?x?xi32>, tensor<?x?xf32>, tensor<?x20xi32>,
       tensor<?x6x2xi32>)
      -> (tensor<?x?x?x3xf32>, tensor<?x?x?xf32>)
  return %o, %lse : tensor<?x?x?x3xf32>, tensor<?x?x?xf32>
}
