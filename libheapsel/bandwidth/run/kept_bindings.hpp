// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <heapsel/binding.hpp>
#include <heapsel/error.hpp>

#include "bandwidth/run/way.hpp"

namespace heapsel::bandwidth {

/// The bindings of a device's uses, which are put back as they were at the end. Move-only.
class KeptBindings {
  public:
    /// Of all uses that `device`, its directory in sysfs, can be bound by; none is no error.
    ///
    /// The errors of read_binding().
    [[nodiscard]] static Result<KeptBindings> of(std::filesystem::path device);
    KeptBindings(KeptBindings&& other) noexcept;
    KeptBindings& operator=(KeptBindings&&) = delete;
    KeptBindings(const KeptBindings&) = delete;
    KeptBindings& operator=(const KeptBindings&) = delete;
    /// Puts them back.
    ~KeptBindings();

    /// Each use, with the heaps that it is bound to and those that it could be.
    [[nodiscard]] std::vector<UseHeaps> bindable() const;

    /// EACCES, EPERM, EROFS: they may not be written; else the errno of access(2).
    [[nodiscard]] Result<void> check_writable() const;

    /// Binds each use as the way has it, and leaves the others to the driver's own allocator. From
    /// a heap that cannot serve, an allocation fails.
    ///
    /// The errors of bind_heaps().
    [[nodiscard]] Result<void> apply(const Way& way) const;

    /// Puts them back now. Tries all, and gives the first error; those of bind_heaps().
    [[nodiscard]] Result<void> restore() const;

  private:
    struct Kept {
        std::string use;
        Binding binding;
    };

    KeptBindings(std::filesystem::path device, std::vector<Kept> kept)
        : device_(std::move(device)), kept_(std::move(kept)) {}

    std::filesystem::path device_;
    std::vector<Kept> kept_;
};

} // namespace heapsel::bandwidth
