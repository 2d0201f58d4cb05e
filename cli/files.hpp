// Files in and out. A file is written under a temporary name and renamed, so that nobody ever sees
// half of one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "cli/said.hpp"
#include "model/scenario.hpp"

namespace midstride::cli {

std::variant<std::string, Said> read_file(const std::string& path);
// A scenario whose policy this build has; its subject may be unknown. `command` is the line to
// paste when the text is mended.
std::variant<model::Scenario, Said> read_scenario(const std::string& path,
                                                  std::string_view command);

// Makes the directories above it. What went wrong, or nothing.
std::optional<Said> write_file(const std::string& path, std::string_view text);

// Makes a directory, unless it is there, that can be written to.
std::optional<Said> make_directory(const std::string& path);

// Writes to directory/stem.scenario, or to stem-2, stem-3, ... where a file with another text has
// the name already. The path.
std::variant<std::string, Said> write_beside(const std::string& directory, const std::string& stem,
                                             std::string_view text);

// As a shell takes it as one word.
std::string shell_quoted(std::string_view text);

}  // namespace midstride::cli
