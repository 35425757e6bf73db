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
