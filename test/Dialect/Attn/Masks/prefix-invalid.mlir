// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// prefix_c1
// expected-error @+1 {{expected either 'length' or 'capture', got both}}
func.func private @both() attributes {m = #attn.prefix<length = 4, capture = 0>}
// -----
// prefix_c2
// expected-error @+1 {{'length' must be within [0, 2^31), got -1}}
func.func private @length() attributes {m = #attn.prefix<length = -1>}
// -----
// prefix_c3
// expected-error @+1 {{'capture' must be within [0, 256), got 256}}
func.func private @capture() attributes {m = #attn.prefix<capture = 256>}
