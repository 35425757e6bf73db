// RUN: sextant-opt %s -attn-expand | FileCheck %s
// RUN: sextant-opt %s -canonicalize | FileCheck %s --check-prefix=SIMPLE
// RUN: sextant-opt %s -verify-roundtrip

!s = tensor<?x?x?x?xf32>
!p = tensor<?x?xi32>

// CHECK-LABEL: @all(
// CHECK: visible (%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %[[M:[a-z0-9]+]], %[[N:[a-z0-9]+]]) {
// CHECK: %[[A:.*]] = arith.cmpi sle, %[[N]], %[[M]] : i32
// CHECK: %[[B:.*]] = arith.cmpi slt, %[[N]], %{{.*}} : i32
// CHECK: %[[OR:.*]] = arith.ori %[[A]], %[[B]] : i1
// CHECK: %[[C:.*]] = arith.cmpi slt, %[[N]], %{{.*}} : i32
// CHECK: %[[NOT:.*]] = arith.xori %[[C]], %true{{.*}} : i1
// CHECK: %[[AND:.*]] = arith.andi %[[OR]], %[[NOT]] : i1
// CHECK: attn.yield %[[AND]] : i1
func.func @all(%s: !s, %m: !p, %n: !p) -> !s {
  %p = attn.softmax %s at (%m, %n) visible(#attn.and<[#attn.or<[#attn.causal, #attn.prefix<length = 9>]>, #attn.not<#attn.prefix<length = 4>>]>) : !s, !p, !p
  return %p : !s
}

// SIMPLE-LABEL: @double_negation(
// SIMPLE: visible(#attn.causal)
func.func @double_negation(%s: !s, %m: !p, %n: !p) -> !s {
  %p = attn.softmax %s at (%m, %n) visible(#attn.not<#attn.not<#attn.causal>>) : !s, !p, !p
  return %p : !s
}

// SIMPLE-LABEL: @flat(
// SIMPLE: visible(#attn.and<[#attn.causal, #attn.prefix<length = 4>, #attn.prefix<length = 5>]>)
func.func @flat(%s: !s, %m: !p, %n: !p) -> !s {
  %p = attn.softmax %s at (%m, %n) visible(#attn.and<[#attn.and<[#attn.causal, #attn.prefix<length = 4>]>, #attn.or<[#attn.prefix<length = 5>]>, #attn.causal]>) : !s, !p, !p
  return %p : !s
}
