// Which tensors are rows of a kernel's input: chains after chains, several
// position tensors, maps that read captures, what stays a row op.
// RUN: sextant-opt %s --attn-to-fused | FileCheck %s

// The second chain reads the first one's result; the map between them is part
// of the first chain's output. The map of the values stays a row op.
// CHECK-LABEL: func.func @two_chains
// CHECK: %[[FIRST:.*]] = attn.fused query(%arg0
// CHECK: output {
// CHECK: math.tanh
// CHECK: %[[V:.*]] = attn.row_map %arg2
// CHECK: attn.fused query(%[[FIRST]] : tensor<?x?x?x4xf32>) key(%arg1 : tensor<?x?x?x4xf32>) value(%[[V]]
// CHECK-NOT: math.tanh
func.func @two_chains(%q: tensor<?x?x?x4xf32>, %k: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32> {
  %s = attn.scores %q, %k : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  %m = attn.row_map %o (%x, %b, %h, %i, %n, %c) {
    %y = math.tanh %x : f32
    attn.yield %y : f32
  } : tensor<?x?x?x4xf32>
  %w = attn.row_map %v (%x, %b, %h, %i, %n, %c) {
    %y = arith.mulf %x, %x : f32
    attn.yield %y : f32
  } : tensor<?x?x?x4xf32>
  %t = attn.scores %m, %k : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %r = attn.softmax %t : tensor<?x?x?x?xf32>
  %z = attn.weighted_sum %r, %w : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %z : tensor<?x?x?x4xf32>
}

// The keys turn at other positions than those of the mask: these are read.
// CHECK-LABEL: func.func @other_positions
// CHECK: positions(%[[MQ:.*]], %[[MK:.*]] : {{.*}}) captures(%[[RK:.*]] : tensor<?x?xi32>)
// CHECK: attn.cos_sin
// CHECK: ^bb0(%{{[^:]*}}: f32, %{{[^:]*}}: f32, %[[B:[^:]*]]: i32, %{{[^:]*}}: i32, %[[J:[^:]*]]: i32, %{{[^:]*}}: i32, %{{[^:]*}}: i32):
// CHECK: %[[POS:.*]] = attn.read %[[RK]][%[[B]], %[[J]]] : tensor<?x?xi32>
// CHECK: attn.cos_sin %[[POS]],
func.func @other_positions(%q: tensor<?x?x?x4xf32>, %k: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x4xf32>, %at: tensor<?x?xi32>) -> tensor<?x?x?x4xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %qr = attn.rotate %q at %pq (#attn.rope<base = 1.0e4>) : tensor<?x?x?x4xf32>, tensor<?x?xi32>
  %kr = attn.rotate %k at %at (#attn.rope<base = 1.0e4>) : tensor<?x?x?x4xf32>, tensor<?x?xi32>
  %s = attn.scores %qr, %kr : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}

// Score maps compose in order; what they read is captured once.
// CHECK-LABEL: func.func @maps
// CHECK: captures(%arg3 : tensor<?xf32>)
// CHECK: score {
// CHECK: ^bb0(%[[S:[^:]*]]: f32, %{{[^:]*}}: i32, %[[H:[^:]*]]: i32,
// CHECK: %[[SLOPE:.*]] = attn.read %arg3[%[[H]]] : tensor<?xf32>
// CHECK: %[[ONE:.*]] = arith.mulf %[[S]], %[[SLOPE]] : f32
// CHECK-NOT: attn.read
// CHECK: %[[TWO:.*]] = arith.addf %[[ONE]], %[[SLOPE]] : f32
// CHECK: attn.yield %[[TWO]] : f32
func.func @maps(%q: tensor<?x?x?x4xf32>, %k: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x4xf32>, %slopes: tensor<?xf32>) -> tensor<?x?x?x4xf32> {
  %s = attn.scores %q, %k : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %t = attn.score_map %s (%x, %b, %h, %i, %j, %m, %n) {
    %a = attn.read %slopes[%h] : tensor<?xf32>
    %y = arith.mulf %x, %a : f32
    attn.yield %y : f32
  } : tensor<?x?x?x?xf32>
  %w = attn.score_map %t (%x, %b, %h, %i, %j, %m, %n) {
    %a = attn.read %slopes[%h] : tensor<?xf32>
    %y = arith.addf %x, %a : f32
    attn.yield %y : f32
  } : tensor<?x?x?x?xf32>
  %p = attn.softmax %w : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}

// A row map of coordinates: the channel number is affine in the group, the head
// of a key row is the key's.
// CHECK-LABEL: func.func @coordinates
// CHECK: #attn.group<count = 2, width = 1, query = [<operand = 0, offset = 0>], key = [<operand = 0, offset = 0>]>, #attn.group<count = 2, width = 1, query = [<operand = 0, offset = 2>], key = [<operand = 0, offset = 2>]>
func.func @coordinates(%q: tensor<?x?x?x4xf32>, %k: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32> {
  %a = attn.slice %k channels(0, 2) : tensor<?x?x?x4xf32>
  %b = attn.slice %k channels(2, 2) : tensor<?x?x?x4xf32>
  %am = attn.row_map %a (%x, %bb, %h, %i, %n, %c) {
    %hi = arith.muli %h, %c : i32
    %hf = arith.sitofp %hi : i32 to f32
    %y = arith.addf %x, %hf : f32
    attn.yield %y : f32
  } : tensor<?x?x?x2xf32>
  %bm = attn.row_map %b (%x, %bb, %h, %i, %n, %c) {
    %if = arith.sitofp %i : i32 to f32
    %cf = arith.sitofp %c : i32 to f32
    %y = arith.mulf %x, %cf : f32
    %z = arith.subf %y, %if : f32
    attn.yield %z : f32
  } : tensor<?x?x?x2xf32>
  %kk = attn.concat %am, %bm : tensor<?x?x?x2xf32>, tensor<?x?x?x2xf32>
  %s = attn.scores %q, %kk scale(0.0625) : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}

// A frequency of each head: still one accurate cos_sin on both sides, though
// the angle is the row's own.
// CHECK-LABEL: func.func @frequency_of_head
// CHECK: width = 2,
// CHECK-NOT: math.cos
// CHECK: attn.cos_sin
// CHECK: attn.cos_sin
func.func @frequency_of_head(%q: tensor<?x?x?x4xf32>, %k: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x4xf32>, %f: tensor<?xf32>) -> tensor<?x?x?x4xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %qr = attn.row_map %q at %pq pairs layout(half) (%x, %y, %b, %h, %i, %m, %c) {
    %w = attn.read %f[%h] : tensor<?xf32>
    %wide = arith.extf %w : f32 to f64
    %cos, %sin = attn.cos_sin %m, %wide
    %xc = arith.mulf %x, %cos : f32
    %ys = arith.mulf %y, %sin : f32
    %yc = arith.mulf %y, %cos : f32
    %xs = arith.mulf %x, %sin : f32
    %first = arith.subf %xc, %ys : f32
    %second = arith.addf %yc, %xs : f32
    attn.yield %first, %second : f32, f32
  } : tensor<?x?x?x4xf32> at tensor<?x?xi32>
  %kr = attn.row_map %k at %pk pairs layout(half) (%x, %y, %b, %h, %i, %m, %c) {
    %w = attn.read %f[%h] : tensor<?xf32>
    %wide = arith.extf %w : f32 to f64
    %cos, %sin = attn.cos_sin %m, %wide
    %xc = arith.mulf %x, %cos : f32
    %ys = arith.mulf %y, %sin : f32
    %yc = arith.mulf %y, %cos : f32
    %xs = arith.mulf %x, %sin : f32
    %first = arith.subf %xc, %ys : f32
    %second = arith.addf %yc, %xs : f32
    attn.yield %first, %second : f32, f32
  } : tensor<?x?x?x4xf32> at tensor<?x?xi32>
  %s = attn.scores %qr, %kr : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}

// Stored rows no longer know the attention's heads: a static extent becomes a
// number, and the rows' own extents stay as they are.
// CHECK-LABEL: func.func @stored_rows
// CHECK: attn.row_map
// CHECK-NEXT: %[[HEADS:.*]] = arith.constant 6 : i32
// CHECK-NEXT: attn.extent keys
// CHECK-NOT: attn.extent heads
func.func @stored_rows(%q: tensor<?x6x?x4xf32>, %k: tensor<?x2x?x4xf32>) -> (tensor<?x6x?x4xf32>, tensor<?x2x?x4xf32>) {
  %t = attn.row_map %k (%x, %b, %h, %i, %m, %c) {
    %heads = attn.extent heads
    %keys = attn.extent keys
    %n = arith.addi %heads, %keys : i32
    %f = arith.sitofp %n : i32 to f32
    %y = arith.mulf %x, %f : f32
    attn.yield %y : f32
  } : tensor<?x2x?x4xf32>
  %s = attn.scores %q, %t : tensor<?x6x?x4xf32>, tensor<?x2x?x4xf32>
  %p = attn.softmax %s : tensor<?x6x?x?xf32>
  %o = attn.weighted_sum %p, %k : tensor<?x6x?x?xf32>, tensor<?x2x?x4xf32>
  return %o, %t : tensor<?x6x?x4xf32>, tensor<?x2x?x4xf32>
}

// Each of two attentions computes the scores that both read.
// CHECK-LABEL: func.func @two_softmaxes
// CHECK: attn.fused query(%arg0 : tensor<?x?x?x4xf32>) key(%arg1 : tensor<?x?x?x4xf32>) value(%arg2
// CHECK: attn.fused query(%arg0 : tensor<?x?x?x4xf32>) key(%arg1 : tensor<?x?x?x4xf32>) value(%arg2
func.func @two_softmaxes(%q: tensor<?x?x?x4xf32>, %k: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x4xf32>) -> (tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>) {
  %s = attn.scores %q, %k : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %r = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %a = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  %b = attn.weighted_sum %r, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %a, %b : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
}

// Keys that the scores do not read still say how many there are, not the
// values: those may have other heads.
// CHECK-LABEL: func.func @constant_keys
// CHECK: %[[V:.*]] = attn.row_map %arg2
// CHECK: attn.fused query(%arg0 : tensor<?x?x?x8xf32>) key(%arg1 : tensor<?x?x?x8xf32>) value(%[[V]]
func.func @constant_keys(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>,
                         %v: tensor<?x?x?x8xf32>) -> tensor<?x?x?x8xf32> {
  %one = attn.row_map %k (%x, %b, %h, %i, %p, %c) {
    %c1 = arith.constant 1.0 : f32
    attn.yield %c1 : f32
  } : tensor<?x?x?x8xf32>
  %values = attn.row_map %v (%x, %b, %h, %i, %p, %c) {
    %n = attn.extent heads
    %f = arith.sitofp %n : i32 to f32
    %y = arith.addf %x, %f : f32
    attn.yield %y : f32
  } : tensor<?x?x?x8xf32>
  %s = attn.scores %q, %one : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %values : tensor<?x?x?x?xf32>, tensor<?x?x?x8xf32>
  return %o : tensor<?x?x?x8xf32>
}
