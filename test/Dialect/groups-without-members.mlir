// Features that no channel enters: groups of the fused and of the tiled form
// without members on one side are printed and read again.
// RUN: sextant-opt %s --attn-to-fused | sextant-opt | FileCheck %s --check-prefix=FUSED
// RUN: sextant-opt %s --attn-to-fused --attn-fused-to-tiled | sextant-opt | FileCheck %s --check-prefix=TILED
// RUN: sextant-opt %s --attn-to-fused | sed 's/query = \[<op/quary = [<op/' | not sextant-opt 2>&1 | FileCheck %s --check-prefix=ORDER

// FUSED: #attn.group<count = {{[0-9]+}}, width = {{[0-9]+}}, query = [<operand = 0, offset = 0>]>
// TILED: #attn.row_group<count = {{[0-9]+}}, outputs = [<operand = 0, offset = 0>
// ORDER: error: expected 'query' and 'key' in this order, got 'quary'
func.func @members_of_one_side(%q: tensor<?x?x?x4xf32>, %k: tensor<?x?x?x4xf32>, %v: tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32> {
  %t = attn.row_map %k (%x, %b, %h, %i, %p, %c) {
    %f = arith.sitofp %i : i32 to f32
    %y = math.sin %f : f32
    attn.yield %y : f32
  } : tensor<?x?x?x4xf32>
  %s = attn.scores %q, %t : tensor<?x?x?x4xf32>, tensor<?x?x?x4xf32>
  %p = attn.softmax %s : tensor<?x?x?x?xf32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}
