// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <heapsel/allocator.hpp>
#include <heapsel/buffer.hpp>
#include <heapsel/buffer_pool.hpp>
#include <heapsel/error.hpp>
#include <heapsel/export.hpp>
#include <heapsel/parsed_consumer.hpp>
#include <heapsel/policy.hpp>
#include <heapsel/select.hpp>

/// @file
/// @brief The high level: one call from devices and wishes to a buffer.
///
/// Each of these functions reads the policies of the machine, of its administrator and of the user,
/// and the environment's (see heapsel-policy(5)); asks the devices; scans the heaps; and selects.
/// So a program that uses them cannot pass over a policy. Those that allocate learn of the heaps no
/// more than the decision needs; `choose` learns all, for its reasons. What lies below
/// (`HeapCatalog`, `parse_consumers`, `load_policy`, `select`) is for programs that need a part of
/// that alone.

namespace heapsel {

/// What a program asks for. A value.
struct Request {
    /// Those that share the buffers: `DEVICE[:MEMORY]` and `CARD[:PLANE[:FORMAT]]` as of
    /// `parse_consumers`: "/dev/video0", "card0". None, and no `consumers`: the CPU alone.
    std::vector<std::string> devices{};
    /// Those that were asked already: through an open file with the format that is set on it, say.
    std::vector<ParsedConsumer> consumers{};
    std::string require{}; ///< What the memory must be, in the words of `parse_criteria`.
    std::string prefer{};  ///< What it should be; empty: what the policies prefer.
    std::string heap{};    ///< This one and no other, by name or alias; empty: any.
    std::optional<Fallback> fallback{}; ///< Which heaps may take over; nothing: as policies say.
    std::size_t size = 0;        ///< In bytes, of the largest buffer; 0 where it is not known yet.
    std::string name{"heapsel"}; ///< Of the buffers, for people who look for who has memory.
    std::filesystem::path root{"/"}; ///< Of the machine; another one is a recording.
};

/// Judges all heaps for `request`: the way to a reason, also where no heap is a candidate.
///
/// The selection's warnings are those of the policies and of the catalog.
///
/// EINVAL: a word of `require` or `prefer` is not known, or contradicts another one. A policy that
/// is wrong: the errors of `load_policy`, all in one; the subject is the file and the line. Any
/// error of `parse_consumers`, `HeapCatalog::scan` and `select`.
[[nodiscard]] HEAPSEL_EXPORT Result<Selection> choose(const Request& request);

/// An allocator over the heaps that `choose` finds, for buffers of any size up to `request.size`.
/// Errors: those of `choose` and `Allocator::create`.
[[nodiscard]] HEAPSEL_EXPORT Result<Allocator> allocator_for(const Request& request);

/// A pool over the heaps that `choose` finds. Where `request.size` is 0, that of the largest
/// dma-buf of the layout counts; `request.name` is the pool's, whatever `options` say. Errors:
/// those of `allocator_for` and `BufferPool::create`.
[[nodiscard]] HEAPSEL_EXPORT Result<BufferPool> pool_for(const Request& request,
                                                         PoolOptions options);

/// One buffer of `request.size` bytes. Errors: those of `allocator_for` and `Allocator::allocate`.
/// For several buffers, `allocator_for` or `pool_for` looks around only once.
[[nodiscard]] HEAPSEL_EXPORT Result<Buffer> take(const Request& request);

} // namespace heapsel
