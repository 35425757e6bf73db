//===- PoPE.td - Polar coordinate position embedding -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_PoPEBase : Attn_Number<"frequency base"> {
  let defaultValue = "::llvm::APFloat(10000.0)";
}

def Attn_PoPEAttr : Attn_Attr<"PoPE", "pope", [
    DeclareAttrInterfaceMethods<Attn_RowEncodingInterface,
        ["getEncodedChannels", "getNumCaptures", "verifyCaptures"]>]> {
  let summary = "a channel is a magnitude, its angle is the position's alone";
  let description = [{
    Channel c of D becomes two, at c and D + c, with `w_c = base^(-c / D)`:

    `y_c = softplus(x_c) cos(p w_c + d_c)`, `y_(D + c) = softplus(x_c) sin(p w_c + d_c)`,
    softplus(x) = ln(1 + e^x): D frequencies, 2 D channels. With `phase` d_c is
    `clamp(captured[h, c], -2 pi, 0)` for the row's head h, a learned offset of
    the keys; without it 0. Source: Gopalakrishnan et al., PoPE
    (arXiv 2509.10534), sec. 3.

    Constraint: `base` is finite and > 1 (10000 by default).

    Cost: once a (row, channel); features twice as wide.

    ```mlir
    %qe = attn.encode %q at %pq (#attn.pope) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
    %ke = attn.encode %k at %pk (#attn.pope<phase = true>)
        captures(%d : tensor<?x64xf32>) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
    ```
  }];
  let parameters = (ins Attn_PoPEBase:$base,
                        DefaultValuedParameter<"bool", "false">:$phase);
  let assemblyFormat = "(`<` struct(params)^ `>`)?";
  let genVerifyDecl = 1;
}
