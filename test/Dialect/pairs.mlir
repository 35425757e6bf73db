// RUN: sextant-opt %s -split-input-file -verify-diagnostics | sextant-opt -split-input-file | FileCheck %s

// CHECK-LABEL: func.func @pairs
func.func @pairs(%a: vector<8xf32>, %b: vector<8xf32>) -> vector<8xf32> {
  // CHECK: %[[P:.*]] = attn.pack_pairs %{{.*}}, %{{.*}} : vector<8xf32> -> vector<8xi32>
  %p = attn.pack_pairs %a, %b : vector<8xf32> -> vector<8xi32>
  // CHECK: attn.pair_dot %[[P]], %[[P]], %{{.*}} : vector<8xi32>, vector<8xf32>
  %s = attn.pair_dot %p, %p, %a : vector<8xi32>, vector<8xf32>
  return %s : vector<8xf32>
}

// -----

func.func @lanes(%a: vector<8xf32>) {
  // expected-error @below {{all of {first, result} have same shape}}
  %p = attn.pack_pairs %a, %a : vector<8xf32> -> vector<4xi32>
  return
}

// -----

func.func @sum(%p: vector<8xi32>, %s: vector<4xf32>) {
  // expected-error @below {{all of {left, sum} have same shape}}
  %r = attn.pair_dot %p, %p, %s : vector<8xi32>, vector<4xf32>
  return
}

// -----

func.func @words(%p: vector<8xi16>, %s: vector<8xf32>) {
  // expected-error @below {{operand #0 must be vector of 32-bit signless integer values of ranks 1}}
  %r = attn.pair_dot %p, %p, %s : vector<8xi16>, vector<8xf32>
  return
}
