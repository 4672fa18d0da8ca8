// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>
#include <vector>

#include <heapsel/error.hpp>

namespace heapsel {

/// A flattened device tree that libfdt has checked, and can walk. Move-only, as it is large.
class FlatTree {
  public:
    /// EINVAL: it is malformed, and the hint says how.
    [[nodiscard]] static Result<FlatTree> open(std::span<const std::byte> bytes);

    /// For libfdt. Valid while this lives.
    [[nodiscard]] const void* blob() const { return storage_.data(); }

    FlatTree(FlatTree&&) = default;
    FlatTree& operator=(FlatTree&&) = default;
    FlatTree(const FlatTree&) = delete;
    FlatTree& operator=(const FlatTree&) = delete;
    ~FlatTree() = default;

  private:
    explicit FlatTree(std::vector<std::uint64_t> storage) : storage_(std::move(storage)) {}

    std::vector<std::uint64_t> storage_; ///< libfdt wants 8-byte alignment.
};

/// The error of a reader of such a tree.
[[nodiscard]] std::unexpected<Error> malformed_tree(int code, std::string_view why);
/// Why a blob is of no board, and what to do about it: an error whose code is EINVAL.
[[nodiscard]] std::unexpected<Error> no_board_tree(std::string_view hint);

} // namespace heapsel
