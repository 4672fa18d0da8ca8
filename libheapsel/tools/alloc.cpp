// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cerrno>
#include <format>
#include <iostream>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>

#include <heapsel/allocator.hpp>
#include <heapsel/buffer.hpp>
#include <heapsel/printable.hpp>
#include <heapsel/select.hpp>
#include <heapsel/unique_fd.hpp>

#include "json.hpp"
#include "shared_options.hpp"
#include "table.hpp"

namespace heapsel::tools {
namespace {

constexpr std::size_t max_count = 4096;

struct AllocOptions {
    Scope scope;
    PolicyOptions policy; ///< Its size is that of each buffer.
    std::string name = "heapsel";
    std::size_t count = 1;
    std::string from; ///< The file that fills each buffer; empty: none.
    std::string to;   ///< The one that is made of a buffer; empty: none.
    bool hold = false;
};

/// A buffer, and what was read into it and written from it.
struct Made {
    Buffer buffer;
    std::optional<FileCopy> read = {};
    std::optional<FileCopy> written = {};
};

std::byte pattern(std::size_t offset, std::size_t seed) {
    return static_cast<std::byte>(offset ^ (offset >> 8U) ^ (offset >> 16U) ^ seed);
}

Result<void> write_pattern(Buffer& buffer, std::size_t seed) {
    auto access = buffer.begin_access(Access::write);
    if (!access)
        return std::unexpected(std::move(access.error()));
    const auto bytes = access->bytes();
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = pattern(i, seed);
    return access->end();
}

Result<void> check_pattern(Buffer& buffer, std::size_t seed) {
    auto access = buffer.begin_access(Access::read);
    if (!access)
        return std::unexpected(std::move(access.error()));
    const std::span<const std::byte> bytes = access->bytes();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (bytes[i] != pattern(i, seed))
            return std::unexpected(Error{.code = EIO,
                                         .operation = "read back what was written",
                                         .subject = std::format("byte {}", i),
                                         .hint = "The memory or its heap is faulty."});
    }
    return access->end();
}

Result<void> prove(Buffer& buffer, std::size_t seed) {
    if (auto written = write_pattern(buffer, seed); !written)
        return written;
    return check_pattern(buffer, seed);
}

Result<UniqueFd> opened(const std::string& path, int flags) {
    UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY, 0666));
    if (fd)
        return fd;
    return std::unexpected(
        Error{.code = errno, .operation = "open a file", .subject = path, .hint = {}});
}

/// Reads or writes the file that is named, if one is.
Result<std::optional<FileCopy>> copy_file(const std::string& path, int flags, Buffer& buffer,
                                          Result<FileCopy> (Buffer::*copy)(int, const FilePart&)) {
    if (path.empty())
        return std::nullopt;
    return opened(path, flags).and_then([&](const UniqueFd& file) {
        return (buffer.*copy)(file.get(), {}).transform([](FileCopy made) {
            return std::optional(made);
        });
    });
}

Result<Made> make(const AllocOptions& options, const Allocator& allocator, std::size_t seed) {
    auto buffer = allocator.allocate(options.policy.size, options.name);
    if (!buffer)
        return std::unexpected(std::move(buffer.error()));
    Made made{.buffer = *std::move(buffer)};
    if (auto proved = prove(made.buffer, seed); !proved)
        return std::unexpected(std::move(proved.error()));
    auto read = copy_file(options.from, O_RDONLY, made.buffer, &Buffer::read_from);
    if (!read)
        return std::unexpected(std::move(read.error()));
    made.read = *read;
    auto written =
        copy_file(options.to, O_WRONLY | O_CREAT | O_TRUNC, made.buffer, &Buffer::write_to);
    if (!written)
        return std::unexpected(std::move(written.error()));
    made.written = *written;
    return made;
}

Result<std::vector<Made>> allocate_all(const AllocOptions& options, const Selection& selection) {
    const auto allocator = Allocator::create(selection);
    if (!allocator)
        return std::unexpected(allocator.error());
    std::vector<Made> all;
    for (std::size_t i = 0; i < options.count; ++i) {
        auto made = make(options, *allocator, i);
        if (!made)
            return std::unexpected(std::move(made.error()));
        all.push_back(*std::move(made));
    }
    return all;
}

ino_t inode(const Buffer& buffer) {
    struct stat status{};
    return ::fstat(buffer.fd(), &status) == 0 ? status.st_ino : 0;
}

nlohmann::ordered_json json_of(const Made& made, const std::string& name) {
    nlohmann::ordered_json object{{"heap", printable(made.buffer.heap())},
                                  {"size", made.buffer.size()},
                                  {"inode", inode(made.buffer)},
                                  {"name", printable(name)}};
    if (made.read)
        object["from"] = {{"bytes", made.read->bytes}, {"way", to_string(made.read->way)}};
    if (made.written)
        object["to"] = {{"bytes", made.written->bytes}, {"way", to_string(made.written->way)}};
    return object;
}

std::string cell_of(const FileCopy& copied) {
    return std::format("{} ({})", copied.bytes, to_string(copied.way));
}

/// A line of the table, whose first has the names of the columns.
std::vector<std::string> row_of(const Made& made, const std::string& name) {
    std::vector<std::string> row{printable(made.buffer.heap()), std::to_string(made.buffer.size()),
                                 std::to_string(inode(made.buffer)), printable(name)};
    for (const auto& copied : {made.read, made.written}) {
        if (copied)
            row.push_back(cell_of(*copied));
    }
    return row;
}

std::vector<std::string> heads(const AllocOptions& options) {
    std::vector<std::string> names{"HEAP", "BYTES", "INODE", "NAME"};
    if (!options.from.empty())
        names.emplace_back("READ");
    if (!options.to.empty())
        names.emplace_back("WRITTEN");
    return names;
}

void report(const AllocOptions& options, std::span<const Made> all) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    std::vector<std::vector<std::string>> rows{heads(options)};
    for (const Made& made : all) {
        list.push_back(json_of(made, options.name));
        rows.push_back(row_of(made, options.name));
    }
    if (options.scope.json)
        std::cout << nlohmann::ordered_json{{"buffers", std::move(list)}}.dump(2) << '\n';
    else
        std::cout << table(rows);
    std::cout.flush();
}

int alloc(const AllocOptions& options, const HeapCatalog& catalog, const Policy& policy) {
    auto selection = select(catalog, asked_for(options.policy), policy);
    if (!selection)
        return fail(selection.error());
    const auto all = allocate_all(options, *selection);
    if (!all)
        return fail(all.error());
    report(options, *all);
    if (options.hold)
        std::cin.ignore(std::numeric_limits<std::streamsize>::max());
    return exit_done;
}

} // namespace

void add_alloc(CLI::App& app, Action& action) {
    const auto options = std::make_shared<AllocOptions>();
    CLI::App* const verb =
        app.add_subcommand("alloc", "Allocate buffers, write and read them through the CPU, free");
    add_scope(*verb, options->scope);
    add_policy(*verb, options->policy);
    add_size(*verb, options->policy.size, "SIZE", "Bytes, or with K, M or G")->required();
    verb->add_option("--name", options->name, "The buffers' name")->capture_default_str();
    auto* const count = verb->add_option("--count", options->count, "How many")
                            ->check(CLI::Range(std::size_t{1}, max_count))
                            ->capture_default_str();
    verb->add_option("--from", options->from, "Fill each buffer from this file");
    verb->add_option("--to", options->to, "Write the buffer to this file")->excludes(count);
    verb->add_flag("--hold", options->hold, "Keep the buffers until standard input ends");
    verb->callback([options, &action] {
        action = [options] {
            return with_policies(options->scope, options->policy,
                                 [&](const HeapCatalog& catalog, const Policies& policies) {
                                     return alloc(*options, catalog, policies.of({}));
                                 });
        };
    });
}

} // namespace heapsel::tools
