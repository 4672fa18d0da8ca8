// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/plot.hpp"

#include <cerrno>
#include <cstdlib>
#include <ranges>
#include <string_view>
#include <utility>

#include <sys/mman.h>
#include <unistd.h>

#include <heapsel/unique_fd.hpp>

#include "bandwidth/run/child.hpp"

namespace heapsel::bandwidth {
namespace {

std::unexpected<Error> not_drawn(int code, std::string hint) {
    return std::unexpected(Error{.code = code,
                                 .operation = "draw the picture",
                                 .subject = "gnuplot",
                                 .hint = std::move(hint)});
}

} // namespace

Result<std::filesystem::path> find_gnuplot() {
    const char* const path = std::getenv("PATH");
    for (const auto part : std::string_view(path == nullptr ? "" : path) | std::views::split(':')) {
        const auto file = std::filesystem::path(std::string_view(part)) / "gnuplot";
        if (file.is_absolute() && ::access(file.c_str(), X_OK) == 0)
            return file;
    }
    return not_drawn(ENOENT, "--plot needs gnuplot, and no directory of PATH has it: install it "
                             "(Debian: gnuplot-nox), or take --csv or --json and draw elsewhere.");
}

Result<void> draw(const std::filesystem::path& gnuplot, const std::string& script) {
    const UniqueFd input(::memfd_create("gnuplot-script", MFD_CLOEXEC));
    if (!input)
        return not_drawn(errno, {});
    for (std::string_view left = script; !left.empty();) {
        const ssize_t written = ::write(input.get(), left.data(), left.size());
        if (written < 0)
            return not_drawn(errno, {});
        left.remove_prefix(static_cast<std::size_t>(written));
    }
    ::lseek(input.get(), 0, SEEK_SET);
    auto child = Child::start({gnuplot}, input.get());
    if (!child)
        return std::unexpected(std::move(child.error()));
    if (const ChildEnd end = child->wait(); !end.well())
        return not_drawn(EIO, "It " + end.describe() + ".");
    return {};
}

} // namespace heapsel::bandwidth
