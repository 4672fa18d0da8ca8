// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include <heapsel/buffer.hpp>

namespace gstheapsel {

/// What there is of one heap.
struct HeapUse {
    unsigned buffers = 0;
    std::uint64_t bytes = 0;
};

/// The dma-bufs that an allocator made and that are still there. Any thread.
class Ledger : public std::enable_shared_from_this<Ledger> {
  public:
    /// The same buffer, which is in the ledger as long as it lives, wherever it is moved.
    ///
    /// The errno of fstat(2).
    [[nodiscard]] heapsel::Result<heapsel::Buffer> enter(heapsel::Buffer buffer);

    /// One with this inode is there.
    [[nodiscard]] bool has(std::uint64_t inode) const;
    /// By heap.
    [[nodiscard]] std::map<std::string, HeapUse> use() const;

  private:
    struct Item {
        std::string heap;
        std::size_t size = 0;
    };
    struct Entry;

    mutable std::mutex lock_;
    std::unordered_map<std::uint64_t, Item> items_; ///< By inode; under lock_.
};

} // namespace gstheapsel
