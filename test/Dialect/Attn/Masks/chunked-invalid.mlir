// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// chunked_c1
// expected-error @+1 {{'size' must be within [1, 2^24], got 0}}
func.func private @zero() attributes {m = #attn.chunked<size = 0>}
// -----
// expected-error @+1 {{'size' must be within [1, 2^24], got 16777217}}
func.func private @large() attributes {m = #attn.chunked<size = 16777217>}
// -----
// chunked_c2
// expected-error @+1 {{'back' must be within [0, 2^31), got -1}}
func.func private @back() attributes {m = #attn.chunked<size = 4, back = -1>}
// -----
// expected-error @+1 {{'ahead' must be within [0, 2^31), got 2147483648}}
func.func private @ahead() attributes {m = #attn.chunked<size = 4, ahead = 2147483648>}
