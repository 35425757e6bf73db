//===- Kernel.h - One kernel for one target, as functions -------*- C++ -*-===//
//
// A kernel is the functions that `attn.entry` names. Every one of them begins
// alike: memrefs of the arguments, then the workspace. What lies where in the
// workspace is computed from the extents alone, again in each function.
//
//===----------------------------------------------------------------------===//

#ifndef SEXTANT_COMPILER_TILEDTOVECTOR_KERNEL_H
#define SEXTANT_COMPILER_TILEDTOVECTOR_KERNEL_H

#include "compiler/Target/Target.h"
#include "compiler/TiledToVector/Code.h"
#include "compiler/TiledToVector/RegionEmitter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace sextant {

/// Positions of the rows of one batch entry: base + row, or read from memory.
struct RowPositions {
  mlir::Value base;   // i32; null if the positions are an argument
  mlir::Value tensor; // memref<?x?xi32>; null if they are base + row
  explicit operator bool() const { return base || tensor; }
};

/// The rows [first, end) of one head (all index).
struct RowTask {
  mlir::Value batch, head, first, end;
};

class Kernel;

/// What a function under construction has at hand.
class Frame {
public:
  Frame(Kernel &kernel, mlir::func::FuncOp function, mlir::OpBuilder &builder);

  /// The memref of a tensor of the tiled form: an argument, an output, a part
  /// of the workspace or constant data.
  mlir::Value memrefOf(mlir::Value tensor);
  /// An extent of such a tensor (index).
  mlir::Value extentOf(mlir::Value tensor, unsigned axis);
  /// The positions that a position tensor gives; none for a null tensor.
  RowPositions positionsOf(mlir::Value tensor, mlir::Value batch);
  /// The i32 position of a row (index).
  mlir::Value positionAt(const RowPositions &positions, mlir::Value batch,
                         mlir::Value row);
  /// The positions of a vector of rows from row `first`; rows past the last of
  /// `rows` repeat it. They are read from memory.
  mlir::Value positionsFrom(const RowPositions &positions, mlir::Value batch,
                            mlir::Value first, mlir::Value rows);
  /// The extents of a call with these query and key rows.
  ExtentValues callExtents(mlir::Value query, mlir::Value key);
  /// An emitter that knows the target, the extents and the tensors that
  /// `regions` read.
  RegionEmitter emitterFor(llvm::ArrayRef<mlir::Block *> blocks,
                           const ExtentValues &extents);
  llvm::DenseMap<mlir::Value, mlir::Value>
  tensorsOf(llvm::ArrayRef<mlir::Block *> blocks);

  /// Tasks of up to `size` of the `rows` rows of a head of `tensor`: how many
  /// there are for all its heads, and which rows are the task at hand.
  mlir::Value countRowTasks(mlir::Value tensor, mlir::Value rows, int64_t size);
  RowTask rowTask(mlir::Value tensor, mlir::Value rows, int64_t size);

  /// Bytes of the workspace before the threads' own parts, and before what
  /// follows them (index).
  mlir::Value sharedBytes();
  mlir::Value threadsEnd();
  /// A part of the calling thread's scratch, at byte `offset` of it, and `more`
  /// bytes (index) further.
  mlir::Value scratch(int64_t offset, mlir::MemRefType type,
                      mlir::Value more = {});
  /// The `count` partial results of few queries (DecodePlan.h), one row each.
  /// Those of all ops lie in one place: each op merges its own before the next.
  mlir::Value partialsOf(attn::ForTilesOp op, mlir::Value count);

  Kernel &kernel;
  mlir::func::FuncOp function;
  Code code;
  /// The arguments after the memrefs; null where the function has none.
  mlir::Value workspace, threads, task, thread;

private:
  mlir::Value workspaceOffset(mlir::Value tensor);

  llvm::DenseMap<mlir::Value, mlir::Value> memrefs;
  /// The op of the view made last.
  mlir::Operation *lastView = nullptr;
  mlir::Value threadBase;
};

class Kernel {
public:
  Kernel(mlir::ModuleOp module, mlir::func::FuncOp tiled, const Target &target);

  /// Builds every function of the kernel. Fails with a named error where an op
  /// has no vector form yet.
  mlir::LogicalResult emit();

  int64_t phases() const { return stages.size(); }

  /// Functions for analysis alone. `__class` is the TileClass, for one term, of
  /// the pairs of some queries and keys: (threads, batch, head, first query,
  /// end, first key, end) -> class. `__workspace` is the one that `emit`
  /// builds.
  mlir::FailureOr<mlir::func::FuncOp> buildTileClass(attn::ForTilesOp op,
                                                     unsigned term);
  mlir::FailureOr<mlir::func::FuncOp> buildWorkspace();

  /// An op and which of its phases, for it may have several.
  enum class Phase { Whole, FewQueries, MergeSplits };
  struct Stage {
    mlir::Operation *op;
    Phase phase;
  };

  mlir::ModuleOp module;
  mlir::func::FuncOp tiled;
  const Target &target;
  /// The phases, in order.
  llvm::SmallVector<Stage> stages;
  /// Tensors that live in the workspace, in order.
  llvm::SmallVector<mlir::Value> intermediates;
  /// The tensors the function returns, in order.
  llvm::SmallVector<mlir::Value> outputs;
  /// Bytes of scratch that one thread needs.
  int64_t scratchBytes = 0;

  /// A private constant with the data of a dense attribute.
  mlir::Value constantData(Code &code, mlir::DenseElementsAttr data);

private:
  /// Opens `name`; `body` builds it and returns what the function returns.
  mlir::FailureOr<mlir::func::FuncOp>
  buildFunction(llvm::StringRef suffix, unsigned scalars, bool hasResult,
                llvm::function_ref<mlir::FailureOr<mlir::Value>(Frame &)> body);
  mlir::FailureOr<mlir::Value> emitTasks(Frame &frame, const Stage &stage);
  mlir::LogicalResult emitTask(Frame &frame, const Stage &stage);
  mlir::Value emitWorkspace(Frame &frame);

  llvm::DenseMap<mlir::Attribute, mlir::SymbolRefAttr> constants;
};

/// The first channel of each of `tensors` where their rows lie one behind the
/// other.
llvm::SmallVector<int64_t> channelOffsets(mlir::ValueRange tensors);

/// A coordinate of a region over rows: batch, head, index, position, group.
inline mlir::BlockArgument coordinate(mlir::Block &region, unsigned place) {
  return region.getArgument(region.getNumArguments() - attn::kRowCoordinates +
                            place);
}

/// Stores a vector, one lane a group from `group`, where `member` of row `row`
/// of `rows` (a memref of rank 2) lies.
void storeMember(Code &code, attn::MemberAttr member, mlir::Value vector,
                 mlir::Value rows, mlir::Value row, mlir::Value group);

/// Bytes between the starts of two threads' scratch.
inline constexpr int64_t kScratchAlignment = 64;

/// The vector form of each op of the tiled form that is a phase: how many tasks
/// (index), one task, and how much scratch a thread needs.
mlir::Value rowFeatureTasks(Frame &frame, attn::RowFeaturesOp op);
mlir::LogicalResult emitRowFeatures(Frame &frame, attn::RowFeaturesOp op);
int64_t rowFeatureScratchBytes(attn::RowFeaturesOp op);
mlir::Value rowReduceTasks(Frame &frame, attn::RowReduceOp op);
mlir::LogicalResult emitRowReduce(Frame &frame, attn::RowReduceOp op);
mlir::Value projectTasks(Frame &frame, attn::ProjectOp op);
mlir::LogicalResult emitProject(Frame &frame, attn::ProjectOp op);
int64_t projectScratchBytes(attn::ProjectOp op, const Target &target);
mlir::Value mergeTasks(Frame &frame, attn::MergeOp op);
mlir::LogicalResult emitMerge(Frame &frame, attn::MergeOp op);
mlir::Value tabulateTasks(Frame &frame, attn::TabulateOp op);
mlir::LogicalResult emitTabulate(Frame &frame, attn::TabulateOp op);
mlir::Value tabulateRowsTasks(Frame &frame, attn::TabulateRowsOp op);
mlir::LogicalResult emitTabulateRows(Frame &frame, attn::TabulateRowsOp op);
mlir::Value tabulateBandTasks(Frame &frame, attn::TabulateBandOp op);
mlir::LogicalResult emitTabulateBand(Frame &frame, attn::TabulateBandOp op);
mlir::Value summarizeTasks(Frame &frame, attn::SummarizeOp op);
mlir::LogicalResult emitSummarize(Frame &frame, attn::SummarizeOp op);
mlir::Value tileTasks(Frame &frame, attn::ForTilesOp op);
mlir::LogicalResult emitTiles(Frame &frame, attn::ForTilesOp op);
/// The class of the pairs that six bounds give (see Kernel::buildTileClass), by
/// the code that the kernel itself classes them with.
mlir::Value emitTileClass(Frame &frame, attn::ForTilesOp op, unsigned term,
                          mlir::ValueRange bounds);
/// Queries and keys of the smallest tile that is classed.
std::pair<int64_t, int64_t> classedTile(attn::ForTilesOp op,
                                        const Target &target);
int64_t tileScratchBytes(attn::ForTilesOp op, const Target &target);
mlir::Value decodeTasks(Frame &frame, attn::ForTilesOp op);
mlir::LogicalResult emitDecode(Frame &frame, attn::ForTilesOp op);
int64_t decodeScratchBytes(attn::ForTilesOp op, const Target &target);
mlir::Value mergeSplitsTasks(Frame &frame, attn::ForTilesOp op);
mlir::LogicalResult emitMergeSplits(Frame &frame, attn::ForTilesOp op);

} // namespace sextant

#endif // SEXTANT_COMPILER_TILEDTOVECTOR_KERNEL_H
