//===- AxisWindow.td - Keys near the query along one axis -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_AxisWindowAttr : Attn_Attr<"AxisWindow", "axis_window", [
    DeclareAttrInterfaceMethods<Attn_MaskInterface, ["getNumCaptures",
        "verifyCaptures", "usesPositions"]>]> {
  let summary = "keys near the query along one axis that tensors give";
  let description = [{
    `visible = -ahead <= axis_q[batch, queryIndex] - axis_k[batch, keyIndex] <= back`
    of two captured `tensor<?x?xi32>` (batch x queries, batch x keys), places
    `query` and `key` of the list of captures; one tensor may be both. A tensor
    an axis (time, row, column) and an `#attn.and` of one mask an axis is a
    window of several axes over tokens in any order, of any shapes, ragged ones
    too; `ahead = 0` makes an axis causal. Tiles are skipped where the tokens of
    a tile lie together.

    Cost: a summary of the coordinates, O(M + N) a call.

    Constraints: 0 <= query, key < 256; 0 <= back, ahead < 2^31. Elements are
    positions: a kernel refuses those beyond 2^24.

    ```mlir
    #attn.and<[#attn.axis_window<query = 0, key = 0, back = 3, ahead = 3>,
               #attn.axis_window<query = 1, key = 1, back = 3, ahead = 3>]>
    ```
  }];
  let parameters = (ins "int64_t":$query, "int64_t":$key, "int64_t":$back,
                        "int64_t":$ahead);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
