//===- sextant-lsp-server.cpp - Diagnostics and hovers in an editor -------===//

#include "compiler/Pipeline/Dialects.h"
#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

int main(int argc, char **argv) {
  llvm::cl::SetVersionPrinter([](llvm::raw_ostream &os) {
    os << "sextant-lsp-server " SEXTANT_VERSION "\n";
  });
  mlir::DialectRegistry registry;
  sextant::registerDialects(registry);
  return mlir::failed(mlir::MlirLspServerMain(argc, argv, registry));
}
