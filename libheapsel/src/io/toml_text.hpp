// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <expected>
#include <string>
#include <string_view>

// toml++ asserts on some texts that are no TOML, and with NDEBUG it has the compiler rely on there
// being none. Here it is an exception, which read_toml() catches, in all builds.
#undef NDEBUG
#define TOML_ASSERT(condition) ((condition) ? void() : ::heapsel::toml_assertion_failed())
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_MAX_NESTED_VALUES 8

namespace heapsel {

[[noreturn]] void toml_assertion_failed();

} // namespace heapsel

#include <toml++/toml.hpp>

namespace heapsel {

/// What is wrong with a text, and where.
struct TomlFault {
    toml::source_position at;
    std::string what; ///< A full sentence.
};

/// Text of a file in quotes, printable, and of a length for a message.
[[nodiscard]] std::string in_quotes(std::string_view text);

/// "a table", "a string": what a person calls the type of a value.
[[nodiscard]] std::string_view type_of(const toml::node& node);

/// Parses TOML of any bytes.
[[nodiscard]] std::expected<toml::table, TomlFault> read_toml(std::string_view text);

using TomlParser = toml::parse_result (*)(std::string_view);

/// The same with another parser than toml++'s own: one that asserts on what a test has.
[[nodiscard]] std::expected<toml::table, TomlFault> read_toml(std::string_view text,
                                                              TomlParser parse);

} // namespace heapsel
