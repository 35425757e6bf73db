// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// sliding_window_c1
// expected-error @+1 {{'back' must be >= 0, got -1}}
func.func private @back() attributes {m = #attn.sliding_window<back = -1, ahead = 0>}
// -----
// sliding_window_c1
// expected-error @+1 {{'ahead' must be < 2^31, got 4294967296}}
func.func private @ahead() attributes {m = #attn.sliding_window<back = 0, ahead = 4294967296>}
// -----
// expected-error @+2 {{integer value too large}}
// expected-error @+1 {{failed to parse}}
func.func private @integer() attributes {m = #attn.sliding_window<back = 99999999999999999999, ahead = 0>}
// -----
// expected-error @+1 {{expected ','}}
func.func private @missing() attributes {m = #attn.sliding_window<back = 4>}
// -----
// expected-error @+1 {{duplicate or unknown struct parameter name: back}}
func.func private @twice() attributes {m = #attn.sliding_window<back = 4, back = 4>}
