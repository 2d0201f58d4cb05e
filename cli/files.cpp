#include "cli/files.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <utility>

#include "model/run.hpp"
#include "model/text.hpp"

namespace midstride::cli {

namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

Said cannot(std::string_view what, const std::string& path, int error) {
  return wrong(
      fmt::format("{}: expected a file to {}, found: {}", path, what, std::strerror(error)),
      fmt::format("ls -ld {}", shell_quoted(path)));
}

}  // namespace

std::variant<std::string, Said> read_file(const std::string& path) {
  const File file(std::fopen(path.c_str(), "rb"));
  if (!file) return cannot("read", path, errno);
  std::string text;
  char part[65536];
  // One byte more than the reader takes is enough for it to say so.
  while (text.size() <= model::text_bytes_max) {
    const std::size_t count = std::fread(part, 1, sizeof part, file.get());
    if (std::ferror(file.get()) != 0) return cannot("read", path, errno);
    if (count == 0) break;
    text.append(part, count);
  }
  return text;
}

std::variant<model::Scenario, Said> read_scenario(const std::string& path,
                                                  std::string_view command) {
  auto text = read_file(path);
  if (auto* said = std::get_if<Said>(&text)) return std::move(*said);
  const std::string paste = fmt::format("midstride {} {}", command, shell_quoted(path));
  auto result = model::read(std::get<std::string>(text), path);
  if (const auto* error = std::get_if<model::TextError>(&result)) {
    return Said{fmt::format("{}\nmidstride: not a scenario; mend that line, then:\n  {}\n",
                            model::describe(*error), paste),
                ExitCode::bad_input};
  }
  auto& scenario = std::get<model::Scenario>(result);
  if (!model::known_policy(scenario.policy)) {
    return wrong(fmt::format("{}: expected a policy of this build after `then`, found '{}'", path,
                             scenario.policy),
                 "midstride list policies");
  }
  return std::move(scenario);
}

std::optional<Said> write_file(const std::string& path, std::string_view text) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path directory = fs::path(path).parent_path();
  if (!directory.empty()) fs::create_directories(directory, error);
  // What is no file of its own, such as a link or /dev/stdout, is written to and not replaced.
  const fs::file_type type = fs::symlink_status(path, error).type();
  const bool replace = type == fs::file_type::regular || type == fs::file_type::not_found;
  const std::string temporary = replace ? fmt::format("{}.{}.tmp", path, getpid()) : path;
  {
    const File file(std::fopen(temporary.c_str(), "wb"));
    if (!file) return cannot("write", path, errno);
    const bool written = std::fwrite(text.data(), 1, text.size(), file.get()) == text.size() &&
                         std::fflush(file.get()) == 0;
    if (!written) {
      const int why = errno;
      if (replace) std::remove(temporary.c_str());
      return cannot("write", path, why);
    }
  }
  if (replace && std::rename(temporary.c_str(), path.c_str()) != 0) {
    const int why = errno;
    std::remove(temporary.c_str());
    return cannot("write", path, why);
  }
  return std::nullopt;
}

std::optional<Said> make_directory(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error && access(path.c_str(), W_OK) != 0) error.assign(errno, std::generic_category());
  if (!error) return std::nullopt;
  return wrong(
      fmt::format("{}: expected a directory to write to, found: {}", path, error.message()),
      fmt::format("ls -ld {}", shell_quoted(path)));
}

std::variant<std::string, Said> write_beside(const std::string& directory, const std::string& stem,
                                             std::string_view text) {
  for (int number = 1;; ++number) {
    const std::string suffix = number == 1 ? "" : fmt::format("-{}", number);
    const std::string path =
        (std::filesystem::path(directory) / fmt::format("{}{}.scenario", stem, suffix)).string();
    std::error_code error;
    if (std::filesystem::exists(path, error)) {
      const auto there = read_file(path);
      const auto* known = std::get_if<std::string>(&there);
      if (known == nullptr || *known != text) continue;
      return path;
    }
    if (auto said = write_file(path, text)) return std::move(*said);
    return path;
  }
}

std::string shell_quoted(std::string_view text) {
  const auto plain = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') ||
           std::string_view("./_+-:,=@%").find(letter) != std::string_view::npos;
  };
  if (!text.empty() && std::all_of(text.begin(), text.end(), plain)) return std::string(text);
  std::string quoted = "'";
  for (const char letter : text)
    quoted += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return quoted + "'";
}

}  // namespace midstride::cli
