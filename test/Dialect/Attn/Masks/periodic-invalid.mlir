// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// periodic_c1
// expected-error @+1 {{'period' must be within [1, 2^24], got 0}}
func.func private @f() attributes {m = #attn.periodic<period = 0, first = 0, count = 1>}
// -----
// periodic_c2
// expected-error @+1 {{'first' must be within [0, 4), got 4}}
func.func private @f() attributes {m = #attn.periodic<period = 4, first = 4, count = 1>}
// -----
// expected-error @+1 {{'first' must be within [0, 4), got -1}}
func.func private @f() attributes {m = #attn.periodic<period = 4, first = -1, count = 1>}
// -----
// periodic_c3
// expected-error @+1 {{'count' must be within [1, 2], got 3}}
func.func private @f() attributes {m = #attn.periodic<period = 4, first = 2, count = 3>}
// -----
// expected-error @+1 {{'count' must be within [1, 2], got 0}}
func.func private @f() attributes {m = #attn.periodic<period = 4, first = 2, count = 0>}
