// RUN: sextant-opt %s -verify-roundtrip | FileCheck %s

!rows = tensor<?x?x?x8xf32>
!half = tensor<?x?x?x4xf32>
!keys = tensor<?x?x?x?x8xf32>
!scores = tensor<?x?x?x?xf32>
!pos = tensor<?x?xi32>

// CHECK-LABEL: @positions
func.func @positions(%q: !rows, %k: !rows, %per_batch: tensor<?xi32>) -> (!pos, !pos) {
  // CHECK: attn.positions %{{.*}}, %{{.*}} align(bottom_right) offset(%{{.*}} : tensor<?xi32>) lengths(%{{.*}} : tensor<?xi32>)
  %a, %b = attn.positions %q, %k align(bottom_right) offset(%per_batch : tensor<?xi32>) lengths(%per_batch : tensor<?xi32>) : !rows, !rows
  // CHECK: attn.positions %{{.*}}, %{{.*}} align(top_left) :
  %c, %d = attn.positions %q, %k align(top_left) : !rows, !rows
  return %a, %d : !pos, !pos
}

// CHECK-LABEL: @rows
func.func @rows(%x: !rows, %m: !pos, %f: tensor<4xf32>, %n: tensor<i32>) -> (!rows, !half, tensor<?x?x?x16xf32>) {
  // CHECK: attn.phase %{{.*}}, %{{.*}} : tensor<?x?xi32>, tensor<4xf32>
  %c, %s = attn.phase %m, %f : !pos, tensor<4xf32>
  // CHECK: attn.phase %{{.*}} channels(8) (#attn.rope<base = 1.000000e+04>) : tensor<?x?xi32>
  %c1, %s1 = attn.phase %m channels(8) (#attn.rope<base = 1.0e4>) : !pos
  // CHECK: attn.phase %{{.*}}, %{{.*}} angles(f32) : tensor<?x?xi32>, tensor<4xf32>
  %c2, %s2 = attn.phase %m, %f angles(f32) : !pos, tensor<4xf32>
  // CHECK: attn.rotate %{{.*}} at %{{.*}} (#attn.rope<base = 1.000000e+04>) angles(f32) : tensor<?x?x?x8xf32>
  %r2 = attn.rotate %x at %m (#attn.rope<base = 1.0e4>) angles(f32) : !rows, !pos
  // CHECK: attn.rotate %{{.*}} by (%{{.*}}, %{{.*}}) layout(interleaved) : tensor<?x?x?x8xf32>, tensor<?x?x4xf32>
  %r = attn.rotate %x by (%c, %s) layout(interleaved) : !rows, tensor<?x?x4xf32>
  // CHECK: attn.rotate %{{.*}} at %{{.*}} (#attn.rope<base = 1.000000e+04, scaling = [#attn.dynamic_ntk<factor = 4.000000e+00, trained = 512>]>) length(%{{.*}} : tensor<i32>)
  %d = attn.rotate %r at %m (#attn.rope<base = 1.0e4, scaling = [#attn.dynamic_ntk<factor = 4.0, trained = 512>]>) length(%n : tensor<i32>) : !rows, !pos
  // CHECK: attn.row_map %{{.*}} at %{{.*}} pairs layout(half) (%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}) {
  %e = attn.row_map %d at %m pairs layout(half) (%a, %b, %batch, %head, %i, %p, %c0) {
    %z = arith.mulf %a, %b : f32
    attn.yield %z : f32
  } : !rows at !pos
  // CHECK: attn.slice %{{.*}} channels(1, 2) : tensor<?x?x?x4xf32>
  %g = attn.slice %e channels(1, 2) : !half
  // CHECK: attn.concat %{{.*}}, %{{.*}} : tensor<?x?x?x2xf32>, tensor<?x?x?x2xf32>
  %h = attn.concat %g, %g : tensor<?x?x?x2xf32>, tensor<?x?x?x2xf32>
  // CHECK: attn.convert %{{.*}} to bf16 : tensor<?x?x?x4xf32>
  %hb = attn.convert %h to bf16 : !half
  // CHECK: attn.convert %{{.*}} to f32 : tensor<?x?x?x4xbf16>
  %hf = attn.convert %hb to f32 : tensor<?x?x?x4xbf16>
  // CHECK: attn.collinear_coefficients %{{.*}} layout(interleaved) : tensor<?x?x?x8xf32>
  %t = attn.collinear_coefficients %d layout(interleaved) : !rows
  // CHECK: attn.duplicate half %{{.*}} : tensor<?x?x?x8xf32>
  %u = attn.duplicate half %d : !rows
  return %d, %hf, %u : !rows, !half, tensor<?x?x?x16xf32>
}

// CHECK-LABEL: @attend
func.func @attend(%q: !rows, %k: !rows, %v: tensor<?x?x?x5xf32>, %m: !pos, %n: !pos, %slopes: tensor<?xbf16>, %lengths: tensor<?xi32>) -> (tensor<?x?x?x5xf32>, tensor<?x?x?xf32>) {
  // CHECK: attn.pair_keys %{{.*}}, %{{.*}}(%{{.*}}, %{{.*}}) {
  %pk = attn.pair_keys %q, %k (%qe, %ke) {
    %p = arith.addf %qe, %ke : f32
    attn.yield %p : f32
  } : !rows, !rows
  // CHECK: attn.collinear_keys %{{.*}}, %{{.*}} : tensor<?x?x?x8xf32>, tensor<?x?x?x?x8xf32>
  %ck = attn.collinear_keys %q, %pk : !rows, !keys
  // CHECK: attn.scores %{{.*}}, %{{.*}} scale(5.000000e-01) : tensor<?x?x?x8xf32>, tensor<?x?x?x?x8xf32>
  %s = attn.scores %q, %ck scale(0.5) : !rows, !keys
  // CHECK: attn.bias %{{.*}} at(%{{.*}}, %{{.*}}) (#attn.alibi) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %s1 = attn.bias %s at (%m, %n) (#attn.alibi) : !scores, !pos, !pos
  // CHECK: attn.softcap %{{.*}} cap(5.000000e+01)
  %s2 = attn.softcap %s1 cap(50.0) : !scores
  // CHECK: attn.score_map
  %s3 = attn.score_map %s2 at (%m, %n) (%x, %b, %h, %i, %j, %qp, %kp) {
    // CHECK: attn.read %{{.*}}[%{{.*}}] : tensor<?xbf16>
    %w = attn.read %slopes[%h] : tensor<?xbf16>
    // CHECK: attn.extent keys
    %e = attn.extent keys
    %f = arith.sitofp %e : i32 to f64
    // CHECK: attn.cos_sin %{{.*}}, %{{.*}} harmonic(2)
    %c, %d = attn.cos_sin %qp, %f harmonic(2)
    %y = arith.mulf %x, %w : f32
    attn.yield %y : f32
  } : !scores, !pos, !pos
  // CHECK: attn.softmax %{{.*}} visible(#attn.lengths<capture = 0>) lse captures(%{{.*}} : tensor<?xi32>)
  %p, %lse = attn.softmax %s3 visible(#attn.lengths<capture = 0>) lse captures(%lengths : tensor<?xi32>) : !scores
  // CHECK: attn.softmax %{{.*}} visible (%{{.*}}) {
  %p1 = attn.softmax %s3 visible (%b, %h, %i, %j, %qp, %kp) {
    %y = arith.cmpi slt, %j, %i : i32
    attn.yield %y : i1
  } : !scores
  // CHECK: attn.weighted_sum %{{.*}}, %{{.*}} : tensor<?x?x?x?xf32>, tensor<?x?x?x5xf32>
  %o = attn.weighted_sum %p, %v : !scores, tensor<?x?x?x5xf32>
  return %o, %lse : tensor<?x?x?x5xf32>, tensor<?x?x?xf32>
}

// CHECK-LABEL: @merge(
func.func @merge(%o: !rows, %p: tensor<?x?x?x8xbf16>, %l: tensor<?x?x?xf32>) -> (!rows, tensor<?x?x?xf32>) {
  // CHECK: attn.merge(%{{.*}}, %{{.*}}) lse(%{{.*}}, %{{.*}}) : (tensor<?x?x?x8xf32>, tensor<?x?x?x8xbf16>, tensor<?x?x?xf32>, tensor<?x?x?xf32>) -> (tensor<?x?x?x8xf32>, tensor<?x?x?xf32>)
  %r, %s = attn.merge (%o, %p) lse(%l, %l) : (!rows, tensor<?x?x?x8xbf16>, tensor<?x?x?xf32>, tensor<?x?x?xf32>) -> (!rows, tensor<?x?x?xf32>)
  return %r, %s : !rows, tensor<?x?x?xf32>
}
