// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/binding.hpp>

#include <algorithm>
#include <cerrno>
#include <format>
#include <optional>
#include <system_error>
#include <utility>

#include <heapsel/printable.hpp>
#include <heapsel/use.hpp>

#include "base/joined.hpp"
#include "base/nearest_name.hpp"
#include "devices/binding_text.hpp"
#include "io/attribute.hpp"
#include "io/directory.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

constexpr const char* directory_name = "heaps";

std::string no_such_file(const fs::path& device) {
    const auto uses = bindable_uses(device);
    if (uses.empty())
        return "The device has no directory heaps: the kernel does not know of heaps for devices, "
               "or the driver takes no memory from them.";
    return std::format("The device does not have that use; it has: {}.",
                       printable(joined(uses, ", ")));
}

std::size_t place_of(const std::string& use) {
    return static_cast<std::size_t>(std::ranges::find(common_uses, use) - common_uses.begin());
}

Error no_use(std::string_view use) {
    return {.code = EINVAL,
            .operation = "find the use of a device",
            .subject = std::string(use),
            .hint = "No use has such a name: they are words like frame, bitstream or reference."};
}

std::vector<std::string> usable_names(const Binding& binding) {
    std::vector<std::string> names = binding.heaps;
    names.insert(names.end(), binding.usable.begin(), binding.usable.end());
    return names;
}

std::string list_of_usable(const std::vector<std::string>& usable) {
    return usable.empty() ? "It can use none."
                          : "It can use: " + printable(joined(usable, ", ")) + ".";
}

/// Why a heap cannot be in a list to bind; empty if it can.
std::string not_to_bind(std::span<const std::string> heaps, const std::string& heap) {
    if (heap.empty() || heap.find_first_of(" \t\n\v\f\r") != std::string::npos)
        return "No heap has such a name.";
    if (heap == driver_word)
        return "The word stands for the driver's own allocator, and no heap has it for a name.";
    if (std::ranges::count(heaps, heap) > 1)
        return "It is there twice.";
    return {};
}

/// Of a kernel that answered EINVAL.
std::string refused(std::span<const std::string> heaps, const std::vector<std::string>& usable) {
    std::vector<std::string> bad;
    std::ranges::copy_if(heaps, std::back_inserter(bad), [&](const std::string& heap) {
        return !std::ranges::contains(usable, heap);
    });
    const std::string list = list_of_usable(usable);
    if (bad.empty())
        return "The kernel does not take so many heaps at once. " + list;
    return std::format("The device cannot use {}. {}", printable(joined(bad, ", ")), list);
}

std::string missing(std::span<const std::string> heaps, const std::vector<std::string>& usable) {
    std::string text = "There is no such heap, or its module is not loaded. ";
    for (const std::string& heap : heaps) {
        const std::string nearest = nearest_name(heap, usable);
        if (!std::ranges::contains(usable, heap) && !nearest.empty())
            text += "Did you mean " + printable(nearest) + "? ";
    }
    return text + list_of_usable(usable);
}

std::string hint(int code, std::span<const std::string> heaps,
                 const std::vector<std::string>& usable) {
    switch (code) {
    case EACCES:
    case EPERM:
        return "Only root may: run it as root.";
    case EROFS:
        return "The sysfs of this container or chroot is read-only.";
    case ENOENT:
        return missing(heaps, usable);
    case EINVAL:
        return refused(heaps, usable);
    case ENAMETOOLONG:
        return "No heap has so long a name. " + list_of_usable(usable);
    default:
        return {};
    }
}

} // namespace

std::vector<std::string> bindable_uses(const fs::path& device) {
    std::vector<std::string> uses;
    const auto files = list_directory(device / directory_name);
    if (!files)
        return uses;
    for (const DirectoryEntry& file : *files) {
        if (is_use_name(file.name) && file.type != fs::file_type::directory)
            uses.push_back(file.name);
    }
    std::ranges::stable_sort(uses, {}, place_of);
    return uses;
}

fs::path binding_file(const fs::path& device, std::string_view use) {
    return device / directory_name / use;
}

Result<Binding> read_binding(const fs::path& device, std::string_view use) {
    if (!is_use_name(use))
        return std::unexpected(no_use(use));
    const fs::path file = binding_file(device, use);
    auto line = read_attribute(file);
    if (!line) {
        if (line.error().code == ENOENT)
            line.error().hint = no_such_file(device);
        return std::unexpected(std::move(line.error()));
    }
    auto binding = parse_binding(*line);
    if (!binding)
        return std::unexpected(Error{.code = EINVAL,
                                     .operation = "read",
                                     .subject = file.native(),
                                     .hint = excerpt(*line) + " is no list of heaps, with the "
                                                              "bound ones first and in brackets."});
    return *std::move(binding);
}

Result<Binding> bind_heaps(const fs::path& device, std::string_view use,
                           std::span<const std::string> heaps, bool or_driver) {
    const Binding wanted{.heaps = {heaps.begin(), heaps.end()},
                         .or_driver = or_driver || heaps.empty(),
                         .usable = {}};
    const std::string text = text_to_write(wanted);
    const auto failed = [&](int code, std::string why) {
        return std::unexpected(Error{.code = code,
                                     .operation = std::format("write \"{}\"", printable(text)),
                                     .subject = binding_file(device, use).native(),
                                     .hint = std::move(why)});
    };
    for (const std::string& heap : heaps) {
        if (const std::string why = not_to_bind(heaps, heap); !why.empty())
            return failed(EINVAL, std::format("\"{}\": {}", printable(heap), why));
    }
    const auto before = read_binding(device, use);
    if (!before)
        return before;
    if (const int code = write_attribute(binding_file(device, use), text); code != 0)
        return failed(code, hint(code, heaps, usable_names(*before)));
    auto after = read_binding(device, use);
    if (after && (after->heaps != wanted.heaps || after->or_driver != wanted.or_driver))
        return failed(EIO, std::format("The kernel took it, and has now \"{}\": someone else binds "
                                       "at the same time.",
                                       printable(text_to_write(*after))));
    return after;
}

} // namespace heapsel
