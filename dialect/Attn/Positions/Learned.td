//===- Learned.td - Absolute learned positions -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

def Attn_LearnedAttr : Attn_Attr<"Learned", "learned", [
    DeclareAttrInterfaceMethods<Attn_RowEncodingInterface, ["getNumCaptures", "verifyCaptures"]>]> {
  let summary = "a learned row a position, added";
  let description = [{
    `y_c = x_c + table[p + offset, c]`, a captured table of any number of rows.
    A position outside the table reads its first or last row. Source: Gehring et
    al. (arXiv 1705.03122), sec. 3.1; `offset` is 2 in the tables of BART and
    OPT, 0 by default.

    Constraint: |offset| <= 2^24.

    Cost: one read a (row, channel).

    ```mlir
    %y = attn.encode %x at %p (#attn.learned<offset = 2>)
        captures(%table : tensor<?x64xf32>) : tensor<?x?x?x64xf32>, tensor<?x?xi32>
    ```
  }];
  let parameters = (ins DefaultValuedParameter<"int64_t", "0">:$offset);
  let assemblyFormat = "(`<` struct(params)^ `>`)?";
  let genVerifyDecl = 1;
}
