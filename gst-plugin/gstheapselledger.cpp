// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapselledger.h"

#include <cerrno>
#include <utility>

#include <sys/stat.h>

namespace gstheapsel {

/// Where a buffer is from, as all its holders know it: the last one strikes it out.
struct Ledger::Entry {
    Entry(std::shared_ptr<Ledger> of, heapsel::Origin from, std::uint64_t number)
        : ledger(std::move(of)), origin(std::move(from)), inode(number) {}
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    ~Entry() {
        const std::scoped_lock guard(ledger->lock_);
        ledger->items_.erase(inode);
    }

    std::shared_ptr<Ledger> ledger;
    heapsel::Origin origin;
    std::uint64_t inode;
};

heapsel::Result<heapsel::Buffer> Ledger::enter(heapsel::Buffer buffer) {
    struct stat status{};
    if (fstat(buffer.fd(), &status) != 0)
        return std::unexpected(heapsel::Error{.code = errno,
                                              .operation = "identify a dma-buf",
                                              .subject = buffer.heap(),
                                              .hint = {}});
    const auto entry = std::make_shared<Entry>(shared_from_this(), buffer.origin(), status.st_ino);
    const std::size_t size = buffer.size();
    {
        const std::scoped_lock guard(lock_);
        items_.insert_or_assign(status.st_ino, Item{buffer.heap(), size});
    }
    return heapsel::Buffer(std::shared_ptr<const heapsel::Origin>(entry, &entry->origin),
                           buffer.release(), size);
}

bool Ledger::has(std::uint64_t inode) const {
    const std::scoped_lock guard(lock_);
    return items_.contains(inode);
}

std::map<std::string, HeapUse> Ledger::use() const {
    std::map<std::string, HeapUse> all;
    const std::scoped_lock guard(lock_);
    for (const auto& [inode, item] : items_) {
        HeapUse& use = all[item.heap];
        use.buffers += 1;
        use.bytes += item.size;
    }
    return all;
}

} // namespace gstheapsel
