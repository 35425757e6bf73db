// One function a mask, for explain-extents.test; check_extents.py says by itself
// which pairs each of them sees.

func.func @everything(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s at (%pq, %pk) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}

func.func @causal(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.causal) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}

func.func @window(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.sliding_window<back = 40, ahead = 5>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}

func.func @tree(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.or<[#attn.prefix<length = 17>, #attn.and<[#attn.causal, #attn.not<#attn.sliding_window<back = 30, ahead = 0>>]>]>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}

func.func @by_head(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s at (%pq, %pk) visible (%b, %h, %i, %j, %m, %n) {
    %d = arith.subi %m, %n : i32
    %c32 = arith.constant 32 : i32
    %w = arith.muli %h, %c32 : i32
    %seen = arith.cmpi sle, %d, %w : i32
    attn.yield %seen : i1
  } : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}

func.func @stripes(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s at (%pq, %pk) visible (%b, %h, %i, %j, %m, %n) {
    %c3 = arith.constant 3 : i32
    %r = arith.remsi %j, %c3 : i32
    %seen = arith.cmpi eq, %r, %h : i32
    attn.yield %seen : i1
  } : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}

func.func @dilated(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.dilated<step = 70>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}

func.func @strided(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.and<[#attn.causal, #attn.or<[#attn.sliding_window<back = 31, ahead = 0>, #attn.dilated<step = 64>]>]>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}

func.func @periodic(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.periodic<period = 90, first = 3, count = 40>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}

func.func @near_chunks(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.chunked<size = 32, back = 1, ahead = 0>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}

func.func @streaming(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.streaming<sinks = 4, window = 40>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}

func.func @longformer(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.or<[#attn.sliding_window<back = 9, ahead = 9>, #attn.global_tokens<first = 3>]>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}

func.func @segments(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.dilated_segments<size = 60, step = 2>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}

func.func @grid(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.neighborhood<extents = [16, 16], kernel = [3, 5]>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}

func.func @line(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x4xf32>) -> tensor<?x?x?x4xf32> {
  %pq, %pk = attn.positions %q, %k align(bottom_right) : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %s = attn.scores %q, %k : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>
  %p = attn.softmax %s at (%pq, %pk) visible(#attn.neighborhood<extents = [300], kernel = [40], stride = [8]>) : tensor<?x?x?x?xf32>, tensor<?x?xi32>, tensor<?x?xi32>
  %o = attn.weighted_sum %p, %v : tensor<?x?x?x?xf32>, tensor<?x?x?x4xf32>
  return %o : tensor<?x?x?x4xf32>
}
