//===- Combine.td - Masks of masks: and, or, not -*- tablegen -*-===//

include "dialect/Attn/IR/AttnBase.td"
include "dialect/Attn/IR/AttnInterfaces.td"

class Attn_MaskOfMasks<string name, string mnemonic>
    : Attn_Attr<name, mnemonic, [
        DeclareAttrInterfaceMethods<Attn_MaskInterface, ["getNumCaptures",
            "verifyCaptures", "usesPositions", "simplified"]>]>;

class Attn_MaskList<string name, string mnemonic>
    : Attn_MaskOfMasks<name, mnemonic> {
  let parameters = (ins ArrayRefParameter<"MaskAttrInterface">:$masks);
  let assemblyFormat = "`<` custom<Masks>($masks) `>`";
  let genVerifyDecl = 1;
}

def Attn_AndAttr : Attn_MaskList<"And", "and"> {
  let summary = "keys that every mask sees";
  let description = [{
    Captured tensors of all the masks stand in the op's one capture list.

    Cost: the sum of the masks'.

    Constraint: at least one mask.

    ```mlir
    #attn.and<[#attn.causal, #attn.lengths<capture = 0>]>
    ```
  }];
}

def Attn_OrAttr : Attn_MaskList<"Or", "or"> {
  let summary = "keys that some mask sees";
  let description = [{
    Cost: the sum of the masks'.

    Constraint: at least one mask.

    ```mlir
    #attn.or<[#attn.causal, #attn.prefix<length = 128>]>
    ```
  }];
}

def Attn_NotAttr : Attn_MaskOfMasks<"Not", "not"> {
  let summary = "keys that a mask does not see";
  let description = [{
    Cost: that of the mask.

    ```mlir
    #attn.not<#attn.sliding_window<back = 8, ahead = 8>>
    ```
  }];
  let parameters = (ins "MaskAttrInterface":$mask);
  let assemblyFormat = "`<` custom<Mask>($mask) `>`";
}
