// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// chunked_c1
// expected-error @+1 {{'size' must be within [1, 2^24], got 0}}
func.func private @zero() attributes {m = #attn.chunked<size = 0>}
// -----
// expected-error @+1 {{'size' must be within [1, 2^24], got 16777217}}
func.func private @large() attributes {m = #attn.chunked<size = 16777217>}
