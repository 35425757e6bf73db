// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// combine_c1
// expected-error @+1 {{expected at least one mask, got an empty list}}
func.func private @empty() attributes {m = #attn.or<[]>}
// -----
// expected-error @+1 {{expected a mask (a predicate), got #attn.alibi}}
func.func private @bias() attributes {m = #attn.not<#attn.alibi>}
// -----
// expected-error @+1 {{expected a mask (a predicate), got 4 : i64}}
func.func private @number() attributes {m = #attn.and<[4]>}
