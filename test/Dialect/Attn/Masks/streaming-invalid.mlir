// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// streaming_c1
// expected-error @+1 {{'sinks' must be within [0, 2^31), got -1}}
func.func private @f() attributes {m = #attn.streaming<sinks = -1, window = 4>}
// -----
// streaming_c2
// expected-error @+1 {{'window' must be within [1, 2^31), got 0}}
func.func private @f() attributes {m = #attn.streaming<sinks = 4, window = 0>}
