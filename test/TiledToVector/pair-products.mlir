// RUN: sextant-opt %s --attn-tiled-to-vector="target=x86-64-v3 baseline=false" | FileCheck %s
// RUN: sextant-opt %s --attn-tiled-to-vector="target=x86-64-v4-bf16 baseline=false" | FileCheck %s --check-prefix=NATIVE
// RUN: sextant-opt %s --attn-tiled-to-vector="target=x86-64-v4 baseline=false" | FileCheck %s --check-prefix=PLAIN

// Products of bf16 by the schedule, on any target. Seven features are four
// pairs, of which the last has a zero: query features in place, keys in a copy
// with one channel more. The loop over features takes four pairs at once.
// CHECK-LABEL: func.func private @"forced__x86-64-v3__p0"(
// CHECK: attn.pack_pairs {{.*}} : vector<8xf32> -> vector<8xi32>
// CHECK: memref<16x8xbf16>
// Scores: two key rows and a vector of queries; the factor comes behind.
// CHECK: vector.load {{.*}} vector<2xbf16>
// CHECK: vector.bitcast {{.*}} : vector<2xbf16> to vector<1xi32>
// CHECK: vector.broadcast {{.*}} : i32 to vector<8xi32>
// CHECK: attn.pair_dot {{.*}} : vector<8xi32>, vector<8xf32>
// CHECK: math.fma
// Weights are packed behind them, two rows of keys at once.
// CHECK: attn.pack_pairs
// The output: three channels, one pair of keys a step.
// CHECK: scf.for {{.*}} iter_args({{.*}}) -> (vector<8xf32>, vector<8xf32>, vector<8xf32>) {
// CHECK-COUNT-3: attn.pair_dot
// CHECK: scf.yield
// CHECK: return

// The target decides where there is no schedule.
// CHECK-LABEL: func.func private @"free__x86-64-v3__p0"(
// CHECK-NOT: attn.pair_dot
// CHECK-LABEL: func.func private @"exact__x86-64-v3__p0"(
// NATIVE-LABEL: func.func private @"free__x86-64-v4-bf16__p0"(
// NATIVE: attn.pair_dot {{.*}} : vector<16xi32>, vector<16xf32>
// NATIVE-LABEL: func.func private @"exact__x86-64-v4-bf16__p0"(
// PLAIN-LABEL: func.func private @"free__x86-64-v4__p0"(
// PLAIN-NOT: attn.pair_dot

// A schedule may use no rounding point.
// NATIVE-NOT: attn.pair_dot

func.func @forced(%q: tensor<?x?x20x7xbf16>, %k: tensor<?x?x?x7xbf16>,
                  %v: tensor<?x?x?x3xbf16>) -> tensor<?x?x20x3xbf16> {
  %o = attn.for_tiles query(%q) key(%k) value(%v)
      schedule(<queryVectors = 1, keyRows = 2, valueRows = 3, keyBlock = 16,
                keyLeaf = 8, products = bf16>) {
  ^bb0(%i: !attn.query_tile):
    %e = attn.tile_features %i groups [#attn.group<count = 7, width = 1,
        query = [<operand = 0, offset = 0>]>] {
    ^bb0(%x: f32, %b: i32, %h: i32, %r: i32, %p: i32, %g: i32):
      attn.yield %x : f32
    } : !attn.features<7>
    %z = attn.init_state(#attn.softmax) : !attn.state<3>
    %s = attn.for_keys %i, %z {
    ^bb0(%j: !attn.key_tile, %state: !attn.state<3>):
      %kf = attn.load_keys %j : !attn.features<7>
      %x = attn.contract %e, %kf : !attn.features<7>
      %m = attn.mask %x
      %a, %w = attn.absorb %state, %m : !attn.state<3>
      %n = attn.accumulate %a, %w, %j : !attn.state<3>
      attn.next %n : !attn.state<3>
    } : !attn.state<3>
    attn.finalize %s : !attn.state<3>
  } {bf16_features, bf16_weights} : (tensor<?x?x20x7xbf16>, tensor<?x?x?x7xbf16>, tensor<?x?x?x3xbf16>) -> tensor<?x?x20x3xbf16>
  return %o : tensor<?x?x20x3xbf16>
}

func.func @free(%q: tensor<?x?x20x7xbf16>, %k: tensor<?x?x?x7xbf16>,
                %v: tensor<?x?x?x3xbf16>) -> tensor<?x?x20x3xbf16> {
  %o = attn.for_tiles query(%q) key(%k) value(%v) {
  ^bb0(%i: !attn.query_tile):
    %e = attn.tile_features %i groups [#attn.group<count = 7, width = 1,
        query = [<operand = 0, offset = 0>]>] {
    ^bb0(%x: f32, %b: i32, %h: i32, %r: i32, %p: i32, %g: i32):
      attn.yield %x : f32
    } : !attn.features<7>
    %z = attn.init_state(#attn.softmax) : !attn.state<3>
    %s = attn.for_keys %i, %z {
    ^bb0(%j: !attn.key_tile, %state: !attn.state<3>):
      %kf = attn.load_keys %j : !attn.features<7>
      %x = attn.contract %e, %kf : !attn.features<7>
      %m = attn.mask %x
      %a, %w = attn.absorb %state, %m : !attn.state<3>
      %n = attn.accumulate %a, %w, %j : !attn.state<3>
      attn.next %n : !attn.state<3>
    } : !attn.state<3>
    attn.finalize %s : !attn.state<3>
  } {bf16_features, bf16_weights} : (tensor<?x?x20x7xbf16>, tensor<?x?x?x7xbf16>, tensor<?x?x?x3xbf16>) -> tensor<?x?x20x3xbf16>
  return %o : tensor<?x?x20x3xbf16>
}

func.func @exact(%q: tensor<?x?x20x7xbf16>, %k: tensor<?x?x?x7xbf16>,
                 %v: tensor<?x?x?x3xbf16>) -> tensor<?x?x20x3xbf16> {
  %o = attn.for_tiles query(%q) key(%k) value(%v)
      schedule(<queryVectors = 2, keyRows = 8, valueRows = 8, keyBlock = 128,
                keyLeaf = 32, products = f32>) {
  ^bb0(%i: !attn.query_tile):
    %e = attn.tile_features %i groups [#attn.group<count = 7, width = 1,
        query = [<operand = 0, offset = 0>]>] {
    ^bb0(%x: f32, %b: i32, %h: i32, %r: i32, %p: i32, %g: i32):
      attn.yield %x : f32
    } : !attn.features<7>
    %z = attn.init_state(#attn.softmax) : !attn.state<3>
    %s = attn.for_keys %i, %z {
    ^bb0(%j: !attn.key_tile, %state: !attn.state<3>):
      %kf = attn.load_keys %j : !attn.features<7>
      %x = attn.contract %e, %kf : !attn.features<7>
      %m = attn.mask %x
      %a, %w = attn.absorb %state, %m : !attn.state<3>
      %n = attn.accumulate %a, %w, %j : !attn.state<3>
      attn.next %n : !attn.state<3>
    } : !attn.state<3>
    attn.finalize %s : !attn.state<3>
  } {bf16_features, bf16_weights} : (tensor<?x?x20x7xbf16>, tensor<?x?x?x7xbf16>, tensor<?x?x?x3xbf16>) -> tensor<?x?x20x3xbf16>
  return %o : tensor<?x?x20x3xbf16>
}
