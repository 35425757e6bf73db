//===- Periodic.td - The same keys of every period -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_PeriodicAttr : Attn_Attr<"Periodic", "periodic", [
    DeclareAttrInterfaceMethods<Attn_MaskInterface>]> {
  let summary = "the same keys of every period of positions";
  let description = [{
    `visible = first <= keyPos mod period < first + count`, the remainder within
    [0, period) on the negative side too. The fixed pattern of the Sparse
    Transformer (Child et al., arXiv 1904.10509, sec. 4.3) is the query's own
    block and the last `count` keys of every block, as below.

    Cost: tiles by intervals, nothing else; tiles wider than a period are
    tested.

    Constraints: 1 <= period <= 2^24; 0 <= first; 1 <= count;
    first + count <= period.

    ```mlir
    #attn.and<[#attn.causal,
        #attn.or<[#attn.chunked<size = 128>,
                  #attn.periodic<period = 128, first = 120, count = 8>]>]>
    ```
  }];
  let parameters = (ins "int64_t":$period, "int64_t":$first, "int64_t":$count);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}
