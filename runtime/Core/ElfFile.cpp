// Reads ELF headers, sections, the dynamic table, symbols and relocations. The
// file is untrusted: every offset and count is checked before it is used.
#include "runtime/Core/ElfFile.h"

#include "runtime/Artifact/Manifest.h"

#include <elf.h>

namespace sextant::runtime {
namespace {

std::string machineName(uint16_t machine) {
  switch (machine) {
  case EM_X86_64:
    return "x86-64";
  case EM_AARCH64:
    return "aarch64";
  case EM_386:
    return "i386";
  case EM_ARM:
    return "arm";
  case EM_RISCV:
    return "risc-v";
  case EM_PPC64:
    return "ppc64";
  default:
    return "machine " + std::to_string(machine);
  }
}

class ElfReader {
public:
  ElfReader(std::string_view file, uint16_t machine, ElfFile &elf)
      : file(file), wantedMachine(machine), elf(elf) {}

  Failure read() {
    if (Failure failure = readHeader())
      return failure;
    if (Failure failure = readSegments())
      return failure;
    if (Failure failure = readSections())
      return failure;
    if (Failure failure = readDynamic())
      return failure;
    if (Failure failure = readSymbols())
      return failure;
    return readRelocations();
  }

private:
  static Failure fail(const std::string &what) {
    return Failure::rejected("elf: " + what);
  }

  bool contains(uint64_t offset, uint64_t bytes) const {
    return offset <= file.size() && bytes <= file.size() - offset;
  }

  /// Copies a struct out of the file, which need not be aligned.
  template <typename T> bool get(uint64_t offset, T &value) const {
    if (!contains(offset, sizeof(T)))
      return false;
    std::memcpy(&value, file.data() + offset, sizeof(T));
    return true;
  }

  /// The NUL-terminated string at `at` of the string table `table`.
  bool getString(std::string_view table, uint64_t at, std::string &out) const {
    if (at >= table.size())
      return false;
    const size_t end = table.find('\0', at);
    if (end == std::string_view::npos)
      return false;
    out = std::string(table.substr(at, end - at));
    return true;
  }

  void addHazard(const std::string &what) {
    for (const std::string &known : elf.hazards)
      if (known == what)
        return;
    elf.hazards.push_back(what);
  }

  Failure readHeader() {
    if (file.size() < SELFMAG || std::memcmp(file.data(), ELFMAG, SELFMAG))
      return fail("expected an elf file, found another magic");
    if (!get(0, header))
      return fail("truncated in the file header");
    if (header.e_ident[EI_CLASS] != ELFCLASS64 ||
        header.e_ident[EI_DATA] != ELFDATA2LSB)
      return fail("expected a 64-bit little-endian file");
    elf.machine = machineName(header.e_machine);
    if (header.e_machine != wantedMachine)
      return fail("machine: expected " + machineName(wantedMachine) +
                  ", found " + elf.machine);
    if (header.e_type != ET_DYN)
      return fail("expected a shared object, found type " +
                  std::to_string(header.e_type));
    if (header.e_phentsize != sizeof(Elf64_Phdr) ||
        header.e_shentsize != sizeof(Elf64_Shdr))
      return fail("unexpected size of the header entries");
    if (!contains(header.e_phoff,
                  uint64_t(header.e_phnum) * sizeof(Elf64_Phdr)))
      return fail("truncated in the program headers");
    if (!contains(header.e_shoff,
                  uint64_t(header.e_shnum) * sizeof(Elf64_Shdr)))
      return fail("truncated in the section headers");
    return Failure::none();
  }

  Failure readSegments() {
    for (unsigned i = 0; i < header.e_phnum; ++i) {
      Elf64_Phdr segment;
      get(header.e_phoff + i * sizeof(segment), segment);
      if (segment.p_type != PT_GNU_STACK &&
          !contains(segment.p_offset, segment.p_filesz))
        return fail("truncated in segment " + std::to_string(i));
      if (segment.p_memsz < segment.p_filesz ||
          segment.p_vaddr + segment.p_memsz < segment.p_vaddr)
        return fail("segment " + std::to_string(i) + " has a bad size");
      const bool writable = segment.p_flags & PF_W;
      const bool executable = segment.p_flags & PF_X;
      if (segment.p_type == PT_LOAD) {
        loads.push_back(segment);
        if (writable && executable)
          addHazard("segment that is writable and executable");
        if (!writable)
          elf.constantSegments.push_back(
              {segment.p_vaddr, segment.p_offset, segment.p_filesz});
      } else if (segment.p_type == PT_DYNAMIC) {
        dynamic = segment;
      } else if (segment.p_type == PT_TLS) {
        addHazard("thread-local storage");
      } else if (segment.p_type == PT_INTERP) {
        addHazard("program interpreter");
      } else if (segment.p_type == PT_GNU_STACK && executable) {
        addHazard("executable stack");
      }
    }
    if (dynamic.p_type != PT_DYNAMIC)
      return fail("expected a dynamic segment, found none");
    return Failure::none();
  }

  Failure readSections() {
    Elf64_Shdr names;
    if (header.e_shstrndx >= header.e_shnum ||
        !get(header.e_shoff + header.e_shstrndx * sizeof(names), names) ||
        !contains(names.sh_offset, names.sh_size))
      return fail("expected section names, found none");
    const std::string_view nameTable =
        file.substr(names.sh_offset, names.sh_size);
    int manifests = 0, symbolTables = 0;
    for (unsigned i = 0; i < header.e_shnum; ++i) {
      Elf64_Shdr section;
      get(header.e_shoff + i * sizeof(section), section);
      std::string name;
      if (!getString(nameTable, section.sh_name, name))
        return fail("section " + std::to_string(i) + " has no name");
      if (section.sh_type != SHT_NOBITS &&
          !contains(section.sh_offset, section.sh_size))
        return fail("truncated in section '" + name + "'");
      if (section.sh_type == SHT_DYNSYM) {
        symbolSection = section;
        ++symbolTables;
      }
      if (name != SEXTANT_MANIFEST_SECTION)
        continue;
      if (section.sh_type != SHT_PROGBITS || (section.sh_flags & SHF_WRITE))
        return fail("the manifest section is not read-only data");
      elf.manifest = file.substr(section.sh_offset, section.sh_size);
      ++manifests;
    }
    if (symbolTables != 1)
      return fail("expected one dynamic symbol table, found " +
                  std::to_string(symbolTables));
    if (manifests != 1)
      return fail("expected one section " SEXTANT_MANIFEST_SECTION ", found " +
                  std::to_string(manifests) +
                  "; this is not an artifact of sextantc");
    return Failure::none();
  }

  /// The bytes of the file that are mapped at `address`.
  bool getMapped(uint64_t address, uint64_t bytes,
                 std::string_view &out) const {
    for (const Elf64_Phdr &segment : loads)
      if (address >= segment.p_vaddr &&
          address - segment.p_vaddr <= segment.p_filesz &&
          bytes <= segment.p_filesz - (address - segment.p_vaddr)) {
        out =
            file.substr(segment.p_offset + (address - segment.p_vaddr), bytes);
        return true;
      }
    return false;
  }

  Failure readDynamic() {
    std::vector<uint64_t> neededNames;
    uint64_t stringAddress = 0, stringBytes = 0;
    const uint64_t count = dynamic.p_filesz / sizeof(Elf64_Dyn);
    bool ended = false;
    for (uint64_t i = 0; i < count && !ended; ++i) {
      Elf64_Dyn entry;
      get(dynamic.p_offset + i * sizeof(entry), entry);
      const uint64_t value = entry.d_un.d_val;
      switch (entry.d_tag) {
      case DT_NULL:
        ended = true;
        break;
      case DT_NEEDED:
        neededNames.push_back(value);
        break;
      case DT_STRTAB:
        stringAddress = value;
        break;
      case DT_STRSZ:
        stringBytes = value;
        break;
      case DT_SYMTAB:
        symbolAddress = value;
        break;
      case DT_RELA:
        relaAddress = value;
        break;
      case DT_RELASZ:
        relaBytes = value;
        break;
      case DT_JMPREL:
        pltAddress = value;
        break;
      case DT_PLTRELSZ:
        pltBytes = value;
        break;
      default:
        noteDynamicHazard(entry.d_tag, value);
      }
    }
    if (!ended)
      return fail("the dynamic table does not end");
    if (!getMapped(stringAddress, stringBytes, strings))
      return fail("the dynamic string table lies outside of the file");
    for (uint64_t at : neededNames) {
      std::string name;
      if (!getString(strings, at, name))
        return fail("a needed library has no name");
      elf.needed.push_back(name);
    }
    return Failure::none();
  }

  void noteDynamicHazard(int64_t tag, uint64_t value) {
    switch (tag) {
    case DT_INIT:
      return addHazard("init function");
    case DT_FINI:
      return addHazard("fini function");
    case DT_INIT_ARRAY:
      return addHazard("init_array");
    case DT_FINI_ARRAY:
      return addHazard("fini_array");
    case DT_PREINIT_ARRAY:
      return addHazard("preinit_array");
    case DT_TEXTREL:
      return addHazard("text relocation");
    case DT_REL:
      return addHazard("relocations without addend");
    case DT_RPATH:
    case DT_RUNPATH:
      return addHazard("library search path");
    case DT_AUXILIARY:
    case DT_FILTER:
      return addHazard("filter library");
    case DT_FLAGS:
      if (value & DF_TEXTREL)
        addHazard("text relocation");
      if (value & DF_STATIC_TLS)
        addHazard("thread-local storage");
      return;
    case DT_FLAGS_1:
      if (value & ~uint64_t(DF_1_NOW))
        addHazard("loader flags");
      return;
    default:
      return;
    }
  }

  Failure readSymbols() {
    if (symbolSection.sh_addr != symbolAddress)
      return fail("the sections and the dynamic table disagree on where the "
                  "symbols are");
    symbolCount = symbolSection.sh_size / sizeof(Elf64_Sym);
    for (uint64_t i = 1; i < symbolCount; ++i) {
      Elf64_Sym symbol;
      get(symbolSection.sh_offset + i * sizeof(symbol), symbol);
      std::string name;
      if (!getString(strings, symbol.st_name, name))
        return fail("symbol " + std::to_string(i) + " has no name");
      if (ELF64_ST_TYPE(symbol.st_info) == STT_GNU_IFUNC)
        addHazard("indirect function");
      if (ELF64_ST_TYPE(symbol.st_info) == STT_TLS)
        addHazard("thread-local storage");
      if (ELF64_ST_BIND(symbol.st_info) == STB_GNU_UNIQUE)
        addHazard("unique symbol");
      (symbol.st_shndx == SHN_UNDEF ? elf.undefined : elf.exports)
          .push_back(name);
    }
    return Failure::none();
  }

  bool isWritable(uint64_t address) const {
    for (const Elf64_Phdr &segment : loads)
      if ((segment.p_flags & PF_W) && address >= segment.p_vaddr &&
          address - segment.p_vaddr < segment.p_memsz)
        return true;
    return false;
  }

  /// Relocations that only add the load address or the address of a symbol of
  /// the file. Others, notably R_X86_64_IRELATIVE, run code or do worse.
  static bool isPlainRelocation(uint16_t machine, uint32_t type) {
    switch (machine) {
    case EM_X86_64:
      return type == R_X86_64_RELATIVE || type == R_X86_64_64 ||
             type == R_X86_64_GLOB_DAT || type == R_X86_64_JUMP_SLOT;
    case EM_AARCH64:
      return type == R_AARCH64_RELATIVE || type == R_AARCH64_ABS64 ||
             type == R_AARCH64_GLOB_DAT || type == R_AARCH64_JUMP_SLOT;
    default:
      return false;
    }
  }

  Failure readRelocations() {
    const std::pair<uint64_t, uint64_t> tables[] = {{relaAddress, relaBytes},
                                                    {pltAddress, pltBytes}};
    for (auto [address, bytes] : tables) {
      std::string_view table;
      if (!bytes)
        continue;
      if (!getMapped(address, bytes, table) || bytes % sizeof(Elf64_Rela))
        return fail("a relocation table lies outside of the file");
      for (uint64_t at = 0; at < bytes; at += sizeof(Elf64_Rela)) {
        Elf64_Rela relocation;
        std::memcpy(&relocation, table.data() + at, sizeof(relocation));
        if (!isPlainRelocation(wantedMachine,
                               uint32_t(ELF64_R_TYPE(relocation.r_info))))
          addHazard("relocation type " +
                    std::to_string(ELF64_R_TYPE(relocation.r_info)));
        if (ELF64_R_SYM(relocation.r_info) >= symbolCount)
          return fail("a relocation names a symbol that is not there");
        if (!isWritable(relocation.r_offset))
          addHazard("text relocation");
      }
    }
    return Failure::none();
  }

  std::string_view file;
  uint16_t wantedMachine;
  ElfFile &elf;

  Elf64_Ehdr header = {};
  std::vector<Elf64_Phdr> loads;
  Elf64_Phdr dynamic = {};
  Elf64_Shdr symbolSection = {};
  std::string_view strings;
  uint64_t symbolAddress = 0, symbolCount = 1;
  uint64_t relaAddress = 0, relaBytes = 0;
  uint64_t pltAddress = 0, pltBytes = 0;
};

} // namespace

uint16_t hostMachine() {
#if defined(__x86_64__)
  return EM_X86_64;
#elif defined(__aarch64__)
  return EM_AARCH64;
#else
  return EM_NONE;
#endif
}

Failure parseElf(std::string_view file, uint16_t machine, ElfFile &elf) {
  elf = ElfFile();
  return ElfReader(file, machine, elf).read();
}

std::vector<std::string> findHygieneFaults(const ElfFile &elf) {
  std::vector<std::string> faults;
  for (const std::string &hazard : elf.hazards)
    faults.push_back("artifact runs code or is changed at load time: found " +
                     hazard);
  for (const std::string &library : elf.needed)
    faults.push_back("expected no needed library, found '" + library + "'");
  for (const std::string &symbol : elf.undefined)
    faults.push_back("expected no undefined symbol, found '" + symbol + "'");
  return faults;
}

} // namespace sextant::runtime
