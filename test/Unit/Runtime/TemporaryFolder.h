// A folder of one test, gone when the test is.
#ifndef SEXTANT_TEST_UNIT_RUNTIME_TEMPORARYFOLDER_H
#define SEXTANT_TEST_UNIT_RUNTIME_TEMPORARYFOLDER_H

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

class TemporaryFolder {
public:
  TemporaryFolder() {
    std::string name =
        (std::filesystem::temp_directory_path() / "sextant-XXXXXX").string();
    if (mkdtemp(name.data()))
      root = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(root, ignored);
  }
  TemporaryFolder(const TemporaryFolder &) = delete;

  std::string path(const std::string &name) const {
    return (root / name).string();
  }

  /// Writes a file and returns its path.
  std::string write(const std::string &name, const std::string &bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }

  static std::string read(const std::string &path) {
    std::ostringstream bytes;
    bytes << std::ifstream(path, std::ios::binary).rdbuf();
    return bytes.str();
  }

  /// How many files lie in the folder.
  size_t count() const {
    size_t files = 0;
    for (const auto &entry : std::filesystem::directory_iterator(root)) {
      (void)entry;
      ++files;
    }
    return files;
  }

private:
  std::filesystem::path root;
};

#endif // SEXTANT_TEST_UNIT_RUNTIME_TEMPORARYFOLDER_H
