//===- Sinusoidal.td - Absolute sinusoidal positions -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_SinusoidalBase : Attn_Number<"frequency base"> {
  let defaultValue = "::llvm::APFloat(10000.0)";
}
def Attn_SinusoidalLayout : EnumParameter<Attn_Layout> {
  let defaultValue = "PairLayout::Interleaved";
}
def Attn_SinusoidalScale : Attn_Number<"factor of the row"> {
  let defaultValue = "::llvm::APFloat(1.0)";
}

def Attn_SinusoidalAttr : Attn_Attr<"Sinusoidal", "sinusoidal", [
    DeclareAttrInterfaceMethods<Attn_RowEncodingInterface, ["verifyChannels"]>]> {
  let summary = "sines and cosines of the position added to a row";
  let description = [{
    For pair (a, b) number k of D channels, `y_a = scale * x_a + sin(p * w_k)`,
    `y_b = scale * x_b + cos(p * w_k)`, `w_k = base^(-2 k / D)`. The interleaved
    layout (the paper's, the default) alternates sine and cosine, the half layout
    has all sines before all cosines. Source: Vaswani et al. (arXiv 1706.03762),
    sec. 3.5; `scale` is the square root of D in some codes, 1 by default.

    Constraints: `base` is finite and > 1 (10000 by default); `scale` is finite;
    D is even.

    Cost: once a (position, channel).

    ```mlir
    %y = attn.encode %x at %p (#attn.sinusoidal<scale = 8.0>) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
    ```
  }];
  let parameters = (ins Attn_SinusoidalBase:$base, Attn_SinusoidalLayout:$layout,
                        Attn_SinusoidalScale:$scale);
  let assemblyFormat = "(`<` struct(params)^ `>`)?";
  let genVerifyDecl = 1;
}
