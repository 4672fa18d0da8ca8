// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include <heapsel/unique_fd.hpp>

/// Heaps as the kernel has them, with nothing of the library in between: what these programs look
/// for are the kernel's faults.
namespace board {

/// An errno value where there is no T.
template <typename T>
using OrErrno = std::expected<T, int>;

class Heap {
  public:
    /// Opens the heap's device, or ends the program with a message: without it there is no test.
    explicit Heap(std::string name);

    [[nodiscard]] const std::string& name() const { return name_; }

    [[nodiscard]] OrErrno<heapsel::UniqueFd> allocate(std::size_t size) const;

    /// A figure of /sys/class/dma_heap, or nothing where the heap does not report it.
    [[nodiscard]] std::optional<std::uint64_t> figure(const std::string& file) const;

  private:
    std::string name_;
    heapsel::UniqueFd device_;
};

/// What a heap has handed out and has left. Two are equal if nothing was lost in between.
struct Usage {
    std::optional<std::uint64_t> buffers;
    std::optional<std::uint64_t> allocated;
    std::optional<std::uint64_t> free;

    explicit Usage(const Heap& heap)
        : buffers(heap.figure("buffers")), allocated(heap.figure("allocated_bytes")),
          free(heap.figure("free_bytes")) {}

    [[nodiscard]] bool operator==(const Usage&) const = default;
    [[nodiscard]] std::string text() const;
};

/// A shared mapping of a dma-buf, or of a buffer behind a device, gone with this object.
class Mapping {
  public:
    [[nodiscard]] static OrErrno<Mapping> of(int fd, std::size_t size, std::int64_t offset = 0);
    Mapping(Mapping&& other) noexcept;
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    Mapping& operator=(Mapping&&) = delete;
    ~Mapping();

    [[nodiscard]] std::byte* data() const { return data_; }

  private:
    Mapping(std::byte* data, std::size_t size) : data_(data), size_(size) {}

    std::byte* data_;
    std::size_t size_;
};

} // namespace board
