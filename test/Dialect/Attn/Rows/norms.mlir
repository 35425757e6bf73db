// RUN: sextant-opt %s -attn-expand -canonicalize | FileCheck %s
// RUN: sextant-opt %s -verify-roundtrip

!rows = tensor<?x?x?x8xf32>
!pos = tensor<?x?xi32>

// CHECK-LABEL: @rms(
// CHECK-SAME: %[[X:.*]]: tensor<?x?x?x8xf32>, %[[W:.*]]: tensor<8xbf16>
// CHECK: %[[N:.*]] = attn.row_reduce sum_of_squares %[[X]]
// CHECK: attn.row_map %[[X]]
// CHECK: attn.read %[[N]][%{{.*}}, %{{.*}}, %{{.*}}]{{.*}} : tensor<?x?x?xf32>
// CHECK: math.rsqrt
// CHECK: attn.read %[[W]][%{{.*}}]{{.*}} : tensor<8xbf16>
func.func @rms(%x: !rows, %w: tensor<8xbf16>) -> !rows {
  %y = attn.encode %x (#attn.rms_norm<eps = 1.0e-5, weighted = true, offset = 1.0>) captures(%w : tensor<8xbf16>) : !rows
  return %y : !rows
}

// CHECK-LABEL: @l2(
// CHECK: arith.maximumf
// CHECK: math.rsqrt
func.func @l2(%x: !rows) -> !rows {
  %y = attn.encode %x (#attn.l2_norm) : !rows
  return %y : !rows
}

// CHECK-LABEL: @reduce(
// CHECK: attn.row_reduce sum %
// CHECK: attn.row_reduce max %
func.func @reduce(%x: tensor<2x3x?x8xbf16>) -> (tensor<2x3x?xf32>, tensor<2x3x?xf32>) {
  %s = attn.row_reduce sum %x : tensor<2x3x?x8xbf16>
  %m = attn.row_reduce max %x : tensor<2x3x?x8xbf16>
  return %s, %m : tensor<2x3x?xf32>, tensor<2x3x?xf32>
}
