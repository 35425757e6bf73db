//===- sextant-opt.cpp - Run passes on a file, for tests ------------------===//

#include "compiler/Pipeline/Dialects.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

int main(int argc, char **argv) {
  llvm::cl::AddExtraVersionPrinter(
      [](llvm::raw_ostream &os) { os << "sextant-opt " SEXTANT_VERSION "\n"; });
  mlir::DialectRegistry registry;
  sextant::registerDialects(registry);
  sextant::registerPasses();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "Sextant pass driver\n", registry));
}
