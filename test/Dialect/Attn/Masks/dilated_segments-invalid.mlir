// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// dilated_segments_c1
// expected-error @+1 {{'size' must be within [1, 2^24], got 0}}
func.func private @f() attributes {m = #attn.dilated_segments<size = 0, step = 1>}
// -----
// dilated_segments_c2
// expected-error @+1 {{'step' must be within [1, 4], got 5}}
func.func private @f() attributes {m = #attn.dilated_segments<size = 4, step = 5>}
// -----
// expected-error @+1 {{'step' must be within [1, 4096], got 4097}}
func.func private @f() attributes {m = #attn.dilated_segments<size = 10000, step = 4097>}
// -----
// expected-error @+1 {{'step' must be within [1, 4], got 0}}
func.func private @f() attributes {m = #attn.dilated_segments<size = 4, step = 0>}
