// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// dilated_c1
// expected-error @+1 {{'step' must be within [1, 2^24], got 0}}
func.func private @f() attributes {m = #attn.dilated<step = 0>}
// -----
// expected-error @+1 {{'step' must be within [1, 2^24], got 16777217}}
func.func private @f() attributes {m = #attn.dilated<step = 16777217>}
