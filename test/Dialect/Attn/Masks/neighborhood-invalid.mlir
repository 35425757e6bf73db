// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// neighborhood_c1
// expected-error @+1 {{expected 1 to 4 axes in 'extents', got 5}}
func.func private @f() attributes {m = #attn.neighborhood<extents = [2, 2, 2, 2, 2], kernel = [1, 1, 1, 1, 1]>}
// -----
// neighborhood_c2
// expected-error @+1 {{expected 'kernel' of 2 axes, got 1}}
func.func private @f() attributes {m = #attn.neighborhood<extents = [4, 4], kernel = [3]>}
// -----
// expected-error @+1 {{expected 'causal' of 2 axes, got 1}}
func.func private @f() attributes {m = #attn.neighborhood<extents = [4, 4], kernel = [3, 3], causal = [1]>}
// -----
// neighborhood_c3
// expected-error @+1 {{'extents' must be >= 1 with a product of at most 2^24, got 0 on axis 0}}
func.func private @f() attributes {m = #attn.neighborhood<extents = [0], kernel = [1]>}
// -----
// expected-error @+1 {{'extents' must be >= 1 with a product of at most 2^24, got 4097 on axis 1}}
func.func private @f() attributes {m = #attn.neighborhood<extents = [4096, 4097], kernel = [1, 1]>}
// -----
// neighborhood_c4
// expected-error @+1 {{'dilation' must be within [1, 4], got 5 on axis 0}}
func.func private @f() attributes {m = #attn.neighborhood<extents = [4], kernel = [1], dilation = [5]>}
// -----
// neighborhood_c5
// expected-error @+1 {{'kernel' must be within [1, 4], got 5 on axis 0}}
func.func private @f() attributes {m = #attn.neighborhood<extents = [9], kernel = [5], dilation = [2]>}
// -----
// neighborhood_c6
// expected-error @+1 {{'stride' must be within [1, 3], got 4 on axis 0}}
func.func private @f() attributes {m = #attn.neighborhood<extents = [9], kernel = [3], stride = [4]>}
// -----
// neighborhood_c7
// expected-error @+1 {{'causal' must be 0 or 1, got 2 on axis 0}}
func.func private @f() attributes {m = #attn.neighborhood<extents = [9], kernel = [3], causal = [2]>}
