// RUN: sextant-opt %s -split-input-file -verify-diagnostics

// expected-error @+2 {{unknown attn attribute 'casual'; did you mean 'causal'?}}
// expected-note @+1 {{known: alibi, align, and, argument, axis_window}}
func.func private @mask() attributes {mask = #attn.casual}
// -----
// expected-error @+2 {{unknown attn attribute 'transformer'}}
// expected-note @+1 {{known: alibi}}
func.func private @far() attributes {mask = #attn.transformer}
// -----
// expected-error @+1 {{unknown attn type 'tile'}}
func.func private @type(!attn.tile)
// -----
// expected-error @+1 {{duplicate key 'mask' in dictionary attribute}}
func.func private @twice() attributes {mask = #attn.causal, mask = #attn.causal}
