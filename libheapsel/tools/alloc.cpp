// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cerrno>
#include <format>
#include <iostream>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <sys/stat.h>

#include <heapsel/allocator.hpp>
#include <heapsel/printable.hpp>
#include <heapsel/select.hpp>

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
    bool hold = false;
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

Result<std::vector<Buffer>> allocate_all(const AllocOptions& options, const Selection& selection) {
    const auto allocator = Allocator::create(selection);
    if (!allocator)
        return std::unexpected(allocator.error());
    std::vector<Buffer> buffers;
    for (std::size_t i = 0; i < options.count; ++i) {
        auto buffer = allocator->allocate(options.policy.size, options.name);
        if (!buffer)
            return std::unexpected(std::move(buffer.error()));
        if (auto proved = prove(*buffer, i); !proved)
            return std::unexpected(std::move(proved.error()));
        buffers.push_back(*std::move(buffer));
    }
    return buffers;
}

ino_t inode(const Buffer& buffer) {
    struct stat status{};
    return ::fstat(buffer.fd(), &status) == 0 ? status.st_ino : 0;
}

void report(const AllocOptions& options, std::span<const Buffer> buffers) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    std::vector<std::vector<std::string>> rows{{"HEAP", "BYTES", "INODE", "NAME"}};
    for (const Buffer& buffer : buffers) {
        list.push_back({{"heap", printable(buffer.heap())},
                        {"size", buffer.size()},
                        {"inode", inode(buffer)},
                        {"name", printable(options.name)}});
        rows.push_back({printable(buffer.heap()), std::to_string(buffer.size()),
                        std::to_string(inode(buffer)), printable(options.name)});
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
    const auto buffers = allocate_all(options, *selection);
    if (!buffers)
        return fail(buffers.error());
    report(options, *buffers);
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
    verb->add_option("--count", options->count, "How many")
        ->check(CLI::Range(std::size_t{1}, max_count))
        ->capture_default_str();
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
