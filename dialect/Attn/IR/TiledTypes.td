//===- TiledTypes.td - Types of the tiled form -*- tablegen -*-===//

#ifndef SEXTANT_TILED_TYPES
#define SEXTANT_TILED_TYPES

include "dialect/Attn/IR/AttnBase.td"

def Attn_QueryTileType : Attn_Type<"QueryTile", "query_tile"> {
  let summary = "consecutive query rows of one batch entry and head";
  let description = "How many rows is the schedule's. Written `!attn.query_tile`.";
}

def Attn_KeyTileType : Attn_Type<"KeyTile", "key_tile"> {
  let summary = "consecutive key rows of the head that a query tile reads";
  let description = "How many rows is the schedule's. Written `!attn.key_tile`.";
}

def Attn_FeaturesType : Attn_Type<"Features", "features"> {
  let summary = "feature rows of a tile";
  let description = "One row of `width` f32 features a tile row.";
  let parameters = (ins "int64_t":$width);
  let assemblyFormat = "`<` $width `>`";
  let genVerifyDecl = 1;
}

def Attn_ScoreTileType : Attn_Type<"ScoreTile", "score_tile"> {
  let summary = "f32 numbers of a query tile and a key tile, one a pair";
}

def Attn_StateType : Attn_Type<"State", "state"> {
  let summary = "what a query tile remembers of the keys it has absorbed";
  let description = [{
    The running state of a normalizer (for softmax rowMax and rowSum, for ordered
    weights what is left) and the sums of `channels` value channels, one of each a
    query row, f32.
  }];
  let parameters = (ins "int64_t":$channels);
  let assemblyFormat = "`<` $channels `>`";
  let genVerifyDecl = 1;
}

#endif // SEXTANT_TILED_TYPES
