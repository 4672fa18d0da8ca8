// SPDX-License-Identifier: LGPL-2.1-or-later
//
// heap-fail-nth: makes the first, the second, ... the last allocation fail that the kernel makes
// for itself while a buffer is allocated, mapped, imported and freed. Each must end in a clean
// error, or be survived, and nothing may be left.

#include "heap.hpp"
#include "importers.hpp"

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <linux/dma-buf.h>
#include <map>
#include <print>
#include <set>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

using board::Display;
using board::Heap;
using board::Mapping;
using board::OrErrno;
using board::Queue;
using board::Usage;
using heapsel::UniqueFd;

/// The kernel's switch: the nth point from here on at which this thread could fail, fails.
class FailNth {
  public:
    FailNth() : file_(open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC)) {
        if (!file_) {
            std::println(stderr,
                         "/proc/thread-self/fail-nth: {}; this kernel has no fault injection",
                         std::strerror(errno));
            std::exit(77);
        }
    }

    void arm(unsigned n) const { set(n); }

    /// Switches it off; true if the failure has happened.
    [[nodiscard]] bool disarm() const {
        std::array<char, 16> text{};
        const ssize_t length = pread(file_.get(), text.data(), text.size(), 0);
        set(0);
        unsigned left = 1;
        if (length > 0)
            std::from_chars(text.data(), text.data() + length, left);
        return left == 0;
    }

  private:
    void set(unsigned n) const {
        const std::string text = std::to_string(n);
        if (pwrite(file_.get(), text.data(), text.size(), 0) < 0) {
            std::println(stderr, "fail-nth: {}", std::strerror(errno));
            std::exit(2);
        }
    }

    UniqueFd file_;
};

int sync(int dma_buf, std::uint64_t flags) {
    dma_buf_sync sync{};
    sync.flags = flags | DMA_BUF_SYNC_RW;
    return ioctl(dma_buf, DMA_BUF_IOCTL_SYNC, &sync) == 0 ? 0 : errno;
}

/// How far a buffer came, and what stopped it.
struct End {
    const char* step = "all of it";
    int error = 0;
};

/// A buffer's whole life up to the point where something fails.
End live(const Heap& heap, std::size_t size, Display& display, Queue& queue) {
    auto buffer = heap.allocate(size);
    if (!buffer)
        return {"allocate", buffer.error()};
    const auto mapping = Mapping::of(buffer->get(), size);
    if (!mapping)
        return {"mmap", mapping.error()};
    for (std::size_t at = 0; at < size; at += 4096)
        mapping->data()[at] = std::byte{1};
    if (const int error = display.import(buffer->get()))
        return {"attach and map", error};
    if (const int error = queue.enqueue(buffer->get()))
        return {"vmap", error};
    if (const int error = sync(buffer->get(), DMA_BUF_SYNC_START))
        return {"begin CPU access", error};
    if (const int error = sync(buffer->get(), DMA_BUF_SYNC_END))
        return {"end CPU access", error};
    return {};
}

std::size_t open_descriptors() {
    return static_cast<std::size_t>(
        std::ranges::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                              std::filesystem::directory_iterator{}));
}

/// What all points of failure of one heap led to.
struct Account {
    unsigned points = 0;
    std::map<std::string, unsigned> ends;
    std::vector<std::string> faults;
};

Account fail_everywhere(const Heap& heap, const FailNth& fail_nth, Display& display, Queue& queue) {
    // What a buffer fails with for lack of memory, or of a copy to or from userspace.
    const std::set<int> clean{ENOMEM, EFAULT};
    Account account;
    const Usage before(heap);
    for (unsigned n = 1;; ++n) {
        queue.prepare();
        const std::size_t descriptors = open_descriptors();
        fail_nth.arm(n);
        const End end = live(heap, queue.size(), display, queue);
        const bool happened = fail_nth.disarm();
        display.forget();
        queue.forget();

        const std::string outcome =
            end.error == 0 ? "survived" : std::string(end.step) + ": " + strerrorname_np(end.error);
        if (end.error != 0 && !clean.contains(end.error))
            account.faults.push_back(std::format("point {}: {}", n, outcome));
        if (const Usage after(heap); after != before)
            account.faults.push_back(std::format("point {}: left {}", n, after.text()));
        if (open_descriptors() != descriptors)
            account.faults.push_back(std::format("point {}: a descriptor is left", n));
        if (!happened) {
            if (end.error != 0)
                account.faults.push_back(std::format("with no failure: {}", outcome));
            return account;
        }
        ++account.points;
        ++account.ends[outcome];
    }
}

void report(const Heap& heap, const Account& account) {
    std::println("{}: {} points of failure", heap.name(), account.points);
    for (const auto& [outcome, count] : account.ends)
        std::println("  {:4} {}", count, outcome);
    for (const std::string& fault : account.faults)
        std::println("  FAULT {}", fault);
    std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv) {
    std::vector<std::string> names;
    CLI::App app("Fails every allocation of the kernel's in turn, over a buffer's whole life.");
    app.add_option("heaps", names)->required();
    CLI11_PARSE(app, argc, argv);

    const FailNth fail_nth;
    Display display;
    Queue queue;
    bool clean = true;
    for (const std::string& name : names) {
        const Heap heap(name);
        const Account account = fail_everywhere(heap, fail_nth, display, queue);
        report(heap, account);
        clean = clean && account.faults.empty() && account.points > 0;
    }
    return clean ? 0 : 1;
}
