//===- sextant-lsp-server.cpp - Diagnostics and hovers in an editor -------===//
//
// MLIR's language server runs in a process of its own; this one passes messages
// on and adds to hovers what sextantc --explain says.
//
//===----------------------------------------------------------------------===//

#include "compiler/Pipeline/Dialects.h"
#include "compiler/tools/sextant-lsp-server/Hovers.h"
#include "compiler/tools/sextant-lsp-server/Messages.h"
#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>
#include <cstdio>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace sextant;

static int runServer(int argc, char **argv) {
  llvm::cl::SetVersionPrinter([](llvm::raw_ostream &os) {
    os << "sextant-lsp-server " SEXTANT_VERSION "\n";
  });
  mlir::DialectRegistry registry;
  registerDialects(registry);
  return mlir::failed(mlir::MlirLspServerMain(argc, argv, registry));
}

/// Passes messages on until the server ends; returns its exit code.
static int passMessages(pid_t server, int toServer, int fromServer) {
  Hovers hovers;
  // It may wait for the editor when the server has gone: it is left behind.
  std::thread([&hovers, toServer] {
    MessageReader editor(STDIN_FILENO);
    while (std::optional<std::string> body = editor.next()) {
      hovers.sent(*body);
      if (!writeMessage(toServer, *body))
        break;
    }
    ::close(toServer);
  }).detach();
  MessageReader answers(fromServer);
  while (std::optional<std::string> body = answers.next())
    if (!writeMessage(STDOUT_FILENO, hovers.answered(std::move(*body))))
      break;
  int status = 0;
  ::waitpid(server, &status, 0);
  ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 3);
}

int main(int argc, char **argv) {
  // With options it may be a test, or speak something else than messages.
  if (argc > 1)
    return runServer(argc, argv);
  int toServer[2], fromServer[2];
  if (::pipe(toServer) || ::pipe(fromServer)) {
    std::perror("sextant-lsp-server: pipe");
    return 5;
  }
  std::signal(SIGPIPE, SIG_IGN);
  const pid_t server = ::fork();
  if (server < 0) {
    std::perror("sextant-lsp-server: fork");
    return 5;
  }
  if (server == 0) {
    ::dup2(toServer[0], STDIN_FILENO);
    ::dup2(fromServer[1], STDOUT_FILENO);
    for (int end : {toServer[0], toServer[1], fromServer[0], fromServer[1]})
      ::close(end);
    return runServer(argc, argv);
  }
  ::close(toServer[0]);
  ::close(fromServer[1]);
  return passMessages(server, toServer[1], fromServer[0]);
}
