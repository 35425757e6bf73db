// RUN: sextant-opt %s -split-input-file -verify-diagnostics

func.func @unwritten(%x: tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32> {
  // expected-error @below {{channel 2 is never written}}
  %f = attn.row_features(%x) groups [#attn.row_group<count = 2,
      inputs = [<operand = 0, offset = 0>],
      outputs = [<operand = 0, offset = 0>]>] {
  ^bb0(%e: f32, %b: i32, %h: i32, %j: i32, %n: i32, %g: i32):
    attn.yield %e : f32
  } : (tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32>
  return %f : tensor<?x?x?x4xf32>
}

// -----

func.func @twice(%x: tensor<?x?x?x4xf32>) -> tensor<?x?x?x2xf32> {
  // expected-error @below {{channel 0 is written twice}}
  %f = attn.row_features(%x) groups [#attn.row_group<count = 2,
      inputs = [<operand = 0, offset = 0>],
      outputs = [<operand = 0, offset = 0>, <operand = 0, offset = 0>]>] {
  ^bb0(%e: f32, %b: i32, %h: i32, %j: i32, %n: i32, %g: i32):
    attn.yield %e, %e : f32, f32
  } : (tensor<?x?x?x4xf32>) -> tensor<?x?x?x2xf32>
  return %f : tensor<?x?x?x2xf32>
}

// -----

func.func @outside(%x: tensor<?x?x?x4xf32>) -> tensor<?x?x?x2xf32> {
  // expected-error @below {{expected input channels within [0, 4), got 3 to 4}}
  %f = attn.row_features(%x) groups [#attn.row_group<count = 2,
      inputs = [<operand = 0, offset = 3>],
      outputs = [<operand = 0, offset = 0>]>] {
  ^bb0(%e: f32, %b: i32, %h: i32, %j: i32, %n: i32, %g: i32):
    attn.yield %e : f32
  } : (tensor<?x?x?x4xf32>) -> tensor<?x?x?x2xf32>
  return %f : tensor<?x?x?x2xf32>
}

// -----

func.func @two_values(%q: tensor<?x?x?x4xf32>) -> tensor<?x?xf32> {
  // expected-error @below {{expected the region to yield one value}}
  %s = attn.tabulate(%q, %q) align(top_left) {
  ^bb0(%h: i32, %d: i32):
    %x = arith.sitofp %d : i32 to f32
    attn.yield %x, %x : f32, f32
  } : (tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>) -> tensor<?x?xf32>
  return %s : tensor<?x?xf32>
}

// -----

func.func @body(%q: tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32> {
  // expected-error @below {{expected a body of attn.tile_features, attn.init_state, attn.for_keys, attn.finalize}}
  %o = attn.for_tiles query(%q) key(%q) value(%q) {
  ^bb0(%i: !attn.query_tile):
    %z = attn.init_state(#attn.softmax) : !attn.state<4>
    attn.finalize %z : !attn.state<4>
  } : (tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}

// -----

// expected-error @below {{expected a positive width, got 0}}
func.func private @width(!attn.features<0>)

// -----

// expected-error @below {{expected positive channels, got -1}}
func.func private @channels(!attn.state<-1>)

// -----

func.func @summary_of_one_number(%x: tensor<i32>) {
  // expected-error @below {{expected a tensor of rank 1 or more, got 'tensor<i32>'}}
  %r = attn.summarize %x : tensor<i32> -> tensor<2xi32>
  return
}

// -----

func.func @summary_of_floats(%x: tensor<?xf32>) {
  // expected-error @below {{operand #0 must be ranked tensor of 1-bit signless integer or 32-bit signless integer values, but got 'tensor<?xf32>'}}
  %r = attn.summarize %x : tensor<?xf32> -> tensor<?x2xi32>
  return
}

// -----

func.func @summary_of_another_size(%x: tensor<3x17xi1>) {
  // expected-error @below {{expected a result of type 'tensor<3x6x2xi32>', got 'tensor<3x4x2xi32>'}}
  %r = attn.summarize %x : tensor<3x17xi1> -> tensor<3x4x2xi32>
  return
}

// -----

func.func @no_summary(%q: tensor<?x?x?x4xf32>, %t: tensor<?x?x2xi32>) -> tensor<?x?x?x4xf32> {
  // expected-error @below {{expected summaries made by attn.summarize, got a value of type 'tensor<?x?x2xi32>'}}
  %o = attn.for_tiles query(%q) key(%q) value(%q) summaries(%t) {
  ^bb0(%i: !attn.query_tile):
    %e = attn.tile_features %i groups [#attn.group<count = 4, width = 1,
        query = [<operand = 0, offset = 0>]>] {
    ^bb0(%x: f32, %b: i32, %h: i32, %r: i32, %p: i32, %g: i32):
      attn.yield %x : f32
    } : !attn.features<4>
    %z = attn.init_state(#attn.softmax) : !attn.state<4>
    %s = attn.for_keys %i, %z {
    ^bb0(%j: !attn.key_tile, %state: !attn.state<4>):
      %kf = attn.load_keys %j : !attn.features<4>
      %x = attn.contract %e, %kf : !attn.features<4>
      %m = attn.mask %x
      %a, %w = attn.absorb %state, %m : !attn.state<4>
      %n = attn.accumulate %a, %w, %j : !attn.state<4>
      attn.next %n : !attn.state<4>
    } : !attn.state<4>
    attn.finalize %s : !attn.state<4>
  } : (tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>, tensor<?x?x2xi32>) -> tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}

// -----

func.func @summary_of_another(%q: tensor<?x?x?x4xf32>, %t: tensor<?xi32>) -> tensor<?x?x?x4xf32> {
  // expected-note @below {{summarizes another tensor}}
  %u = attn.summarize %t : tensor<?xi32> -> tensor<?x2xi32>
  // expected-error @below {{expected summaries of its positions and captured tensors only}}
  %o = attn.for_tiles query(%q) key(%q) value(%q) summaries(%u) {
  ^bb0(%i: !attn.query_tile):
    %e = attn.tile_features %i groups [#attn.group<count = 4, width = 1,
        query = [<operand = 0, offset = 0>]>] {
    ^bb0(%x: f32, %b: i32, %h: i32, %r: i32, %p: i32, %g: i32):
      attn.yield %x : f32
    } : !attn.features<4>
    %z = attn.init_state(#attn.softmax) : !attn.state<4>
    %s = attn.for_keys %i, %z {
    ^bb0(%j: !attn.key_tile, %state: !attn.state<4>):
      %kf = attn.load_keys %j : !attn.features<4>
      %x = attn.contract %e, %kf : !attn.features<4>
      %m = attn.mask %x
      %a, %w = attn.absorb %state, %m : !attn.state<4>
      %n = attn.accumulate %a, %w, %j : !attn.state<4>
      attn.next %n : !attn.state<4>
    } : !attn.state<4>
    attn.finalize %s : !attn.state<4>
  } : (tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>, tensor<?x2xi32>) -> tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}

// -----

func.func @row_arguments(%q: tensor<?x?x?x4xf32>) {
  // expected-error @below {{expected 0 element and 4 coordinate arguments in the region, got 1}}
  %s = attn.tabulate_rows keys(%q, %q) {
  ^bb0(%j: i32):
    %x = arith.sitofp %j : i32 to f32
    attn.yield %x : f32
  } : (tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>) -> tensor<1x1x?xf32>
  return
}

// -----

func.func @row_values(%q: tensor<?x?x?x4xf32>) {
  // expected-error @below {{expected the region to yield one value}}
  %s = attn.tabulate_rows keys(%q, %q) {
  ^bb0(%b: i32, %h: i32, %j: i32, %n: i32):
    %x = arith.sitofp %j : i32 to f32
    attn.yield %x, %x : f32, f32
  } : (tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>) -> tensor<1x1x?xf32>
  return
}

// -----

func.func @row_position(%q: tensor<?x?x?x4xf32>) {
  // expected-error @below {{region reads a position: expected 'at %positions'}}
  %s = attn.tabulate_rows keys(%q, %q) {
  ^bb0(%b: i32, %h: i32, %j: i32, %n: i32):
    %x = arith.sitofp %n : i32 to f32
    attn.yield %x : f32
  } : (tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>) -> tensor<1x1x?xf32>
  return
}

// -----

func.func @row_extent(%q: tensor<?x?x?x4xf32>) {
  // expected-error @below {{expected a result of extent 1 along axis 0 without 'per_batch', got 'tensor<?x?x?xf32>'}}
  %s = attn.tabulate_rows keys(%q, %q) per_head {
  ^bb0(%b: i32, %h: i32, %j: i32, %n: i32):
    %x = arith.sitofp %j : i32 to f32
    attn.yield %x : f32
  } : (tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>) -> tensor<?x?x?xf32>
  return
}

// -----

func.func @row_head(%q: tensor<?x?x?x4xf32>) {
  // expected-error @below {{region reads argument 1: expected 'per_head'}}
  %s = attn.tabulate_rows keys(%q, %q) per_batch {
  ^bb0(%b: i32, %h: i32, %j: i32, %n: i32):
    %x = arith.sitofp %h : i32 to f32
    attn.yield %x : f32
  } : (tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>) -> tensor<?x1x?xf32>
  return
}

// -----

func.func @band_ends(%q: tensor<?x?x?x4xf32>) {
  // expected-error @below {{expected a band of 1 to 4096 distances within [-2^24, 2^24], got [3, 2]}}
  %s = attn.tabulate_band keys(%q, %q) align(top_left) band(3, 2) {
  ^bb0(%b: i32, %h: i32, %j: i32, %d: i32):
    %x = arith.sitofp %d : i32 to f32
    attn.yield %x : f32
  } : (tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>) -> tensor<?x?x?x32xf32>
  return
}

// -----

func.func @band_elements(%q: tensor<?x?x?x4xf32>) {
  // expected-error @below {{expected a result of 288 elements along axis 3, got 'tensor<?x?x?x32xf32>'}}
  %s = attn.tabulate_band queries(%q, %q) align(top_left) band(0, 2) {
  ^bb0(%b: i32, %h: i32, %j: i32, %d: i32):
    %x = arith.sitofp %d : i32 to f32
    attn.yield %x : f32
  } : (tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>) -> tensor<?x?x?x32xf32>
  return
}

// -----

func.func @band_yield(%q: tensor<?x?x?x4xf32>) {
  // expected-error @below {{expected the region to yield one value}}
  %s = attn.tabulate_band queries(%q, %q) align(top_left) band(0, 2) {
  ^bb0(%b: i32, %h: i32, %j: i32, %d: i32):
    %x = arith.sitofp %d : i32 to f32
    attn.yield %x, %x : f32, f32
  } : (tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>) -> tensor<?x?x?x288xf32>
  return
}

// -----

func.func @ordered_without_shares(%q: tensor<?x?x?x4xf32>, %f: tensor<?x?x?x4xf32>) {
  %o = attn.for_tiles query(%q) key(%f) value(%f) {
  ^bb0(%i: !attn.query_tile):
    %e0 = attn.tile_features %i groups [#attn.group<count = 4, width = 1, query = [<operand = 0, offset = 0>]>] {
    ^bb0(%x: f32, %b: i32, %h: i32, %j: i32, %p: i32, %g: i32):
      attn.yield %x : f32
    } : !attn.features<4>
    %z = attn.init_state(#attn.ordered) : !attn.state<4>
    %s0 = attn.for_keys %i, %z {
    ^bb0(%j: !attn.key_tile, %state: !attn.state<4>):
      %k = attn.load_keys %j : !attn.features<4>
      %x = attn.contract %e0, %k : !attn.features<4>
      %m = attn.mask %x
      // expected-error @below {{expected a 'weight' region exactly with the normalizer #attn.pointwise or #attn.ordered, got #attn.ordered}}
      %y, %w = attn.absorb %state, %m : !attn.state<4>
      %t = attn.accumulate %y, %w, %j : !attn.state<4>
      attn.next %t : !attn.state<4>
    } : !attn.state<4>
    attn.finalize %s0 : !attn.state<4>
  } : (tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32>
  return
}

// -----

func.func @ordered_shares(%q: tensor<?x?x?x4xf32>, %f: tensor<?x?x?x4xf32>) {
  %o = attn.for_tiles query(%q) key(%f) value(%f) {
  ^bb0(%i: !attn.query_tile):
    %e0 = attn.tile_features %i groups [#attn.group<count = 4, width = 1, query = [<operand = 0, offset = 0>]>] {
    ^bb0(%x: f32, %b: i32, %h: i32, %j: i32, %p: i32, %g: i32):
      attn.yield %x : f32
    } : !attn.features<4>
    %z = attn.init_state(#attn.ordered) : !attn.state<4>
    %s0 = attn.for_keys %i, %z {
    ^bb0(%j: !attn.key_tile, %state: !attn.state<4>):
      %k = attn.load_keys %j : !attn.features<4>
      %x = attn.contract %e0, %k : !attn.features<4>
      %m = attn.mask %x
      // expected-error @below {{expected the region to yield two values, what a key takes and what it leaves, got 1}}
      %y, %w = attn.absorb %state, %m weight {
      ^bb0(%a: f32, %b: i32, %h: i32, %qi: i32, %ki: i32, %qp: i32, %kp: i32):
        attn.yield %a : f32
      } : !attn.state<4>
      %t = attn.accumulate %y, %w, %j : !attn.state<4>
      attn.next %t : !attn.state<4>
    } : !attn.state<4>
    attn.finalize %s0 : !attn.state<4>
  } : (tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32>
  return
}

// -----

func.func @ordered_terms(%q: tensor<?x?x?x4xf32>, %f: tensor<?x?x?x4xf32>) {
  // expected-error @below {{expected one loop over the keys with the normalizer #attn.ordered, which takes them in order, got 2}}
  %o = attn.for_tiles query(%q) key(%f, %f) value(%f) {
  ^bb0(%i: !attn.query_tile):
    %e0 = attn.tile_features %i groups [#attn.group<count = 4, width = 1, query = [<operand = 0, offset = 0>]>] {
    ^bb0(%x: f32, %b: i32, %h: i32, %j: i32, %p: i32, %g: i32):
      attn.yield %x : f32
    } : !attn.features<4>
    %e1 = attn.tile_features %i groups [#attn.group<count = 4, width = 1, query = [<operand = 0, offset = 0>]>] {
    ^bb0(%x: f32, %b: i32, %h: i32, %j: i32, %p: i32, %g: i32):
      attn.yield %x : f32
    } : !attn.features<4>
    %z = attn.init_state(#attn.ordered) : !attn.state<4>
    %s0 = attn.for_keys %i, %z {
    ^bb0(%j: !attn.key_tile, %state: !attn.state<4>):
      %k = attn.load_keys %j : !attn.features<4>
      %x = attn.contract %e0, %k : !attn.features<4>
      %m = attn.mask %x
      %y, %w = attn.absorb %state, %m weight {
      ^bb0(%a: f32, %b: i32, %h: i32, %qi: i32, %ki: i32, %qp: i32, %kp: i32):
        attn.yield %a, %a : f32, f32
      } : !attn.state<4>
      %t = attn.accumulate %y, %w, %j : !attn.state<4>
      attn.next %t : !attn.state<4>
    } : !attn.state<4>
    %s1 = attn.for_keys %i, %s0 {
    ^bb0(%j: !attn.key_tile, %state: !attn.state<4>):
      %k = attn.load_keys %j from(1) : !attn.features<4>
      %x = attn.contract %e1, %k : !attn.features<4>
      %m = attn.mask %x
      %y, %w = attn.absorb %state, %m weight {
      ^bb0(%a: f32, %b: i32, %h: i32, %qi: i32, %ki: i32, %qp: i32, %kp: i32):
        attn.yield %a, %a : f32, f32
      } : !attn.state<4>
      %t = attn.accumulate %y, %w, %j : !attn.state<4>
      attn.next %t : !attn.state<4>
    } : !attn.state<4>
    attn.finalize %s1 : !attn.state<4>
  } : (tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32>
  return
}
