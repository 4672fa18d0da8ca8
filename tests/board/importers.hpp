// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>

#include <heapsel/unique_fd.hpp>

/// Devices of the board that take a dma-buf, each in another way.
namespace board {

/// A display: importing attaches the buffer and maps it for DMA.
class Display {
  public:
    Display(); ///< Ends the program with a message where there is none.

    /// 0 or an errno value.
    [[nodiscard]] int import(int dma_buf);
    /// Lets go of what was imported.
    void forget();

  private:
    heapsel::UniqueFd card_;
    unsigned handle_ = 0;
};

/// A video queue whose driver works with the CPU: queueing maps the buffer into the kernel.
class Queue {
  public:
    Queue(); ///< Ends the program with a message where there is none.

    /// Bytes that a buffer must have.
    [[nodiscard]] std::size_t size() const { return size_; }

    /// Makes room for one buffer; ends the program if it cannot.
    void prepare();
    /// 0 or an errno value.
    [[nodiscard]] int enqueue(int dma_buf);
    /// Lets go of what was queued.
    void forget();

  private:
    heapsel::UniqueFd video_;
    std::size_t size_ = 0;
};

} // namespace board
