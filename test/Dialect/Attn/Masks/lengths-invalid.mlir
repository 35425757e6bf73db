// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// lengths_c1
// expected-error @+1 {{'capture' must be within [0, 256), got -1}}
func.func private @capture() attributes {m = #attn.lengths<capture = -1>}
