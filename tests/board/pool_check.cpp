// SPDX-License-Identifier: LGPL-2.1-or-later
//
// pool-check: the library's pool over one heap, with vgem as the device that is late. Prints what
// the pool says where it must refuse; a line on stderr and status 1 if it does anything else.

#include <heapsel/allocator.hpp>
#include <heapsel/buffer_pool.hpp>

#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <print>
#include <thread>
#include <vector>

#include <drm/vgem_drm.h>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xf86drm.h>

namespace {

using heapsel::Access;
using heapsel::BufferPool;
using heapsel::Fences;
using heapsel::Lease;
using heapsel::Result;
using heapsel::UniqueFd;
using namespace std::chrono_literals;

constexpr auto device_is_late_by = 50ms;
constexpr auto patience = 20s;

struct Options {
    std::string heap;
    bool udmabuf = false;
    bool exhaust = false;
};

[[noreturn]] void fail(const std::string& what) {
    std::println(stderr, "pool-check: {}", what);
    std::exit(1);
}

void that(bool holds, const char* what) {
    if (!holds)
        fail(what);
}

template <typename T>
T value(Result<T> result) {
    if (!result)
        fail(result.error().message());
    return *std::move(result);
}

heapsel::BufferLayout nv12(std::uint32_t width, std::uint32_t height) {
    return value(heapsel::buffer_layout(DRM_FORMAT_NV12, width, height));
}

heapsel::Allocator allocator(const Options& options) {
    heapsel::Policy policy{};
    policy.udmabuf = options.udmabuf;
    if (!options.udmabuf)
        policy.heap = options.heap;
    const auto selection = value(heapsel::select(value(heapsel::HeapCatalog::scan()), {}, policy));
    that(!options.udmabuf || (selection.chosen() != nullptr &&
                              selection.chosen()->heap.exporter == heapsel::Exporter::udmabuf),
         "udmabuf is not what was chosen");
    return value(heapsel::Allocator::create(selection));
}

BufferPool pool(const Options& options, std::size_t min, std::size_t max,
                heapsel::BufferLayout layout) {
    return value(BufferPool::create(
        allocator(options),
        {.layout = std::move(layout), .min = min, .max = max, .name = "frames"}));
}

ino_t inode(int fd) {
    struct stat status{};
    that(fstat(fd, &status) == 0, "fstat");
    return status.st_ino;
}

std::size_t open_fds() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
        ++count;
    return count;
}

void survives_a_reconfigure(const Options& options) {
    const auto before = open_fds();
    {
        auto frames = pool(options, 1, 1, nv12(640, 480));
        auto lease = value(frames.acquire("writer"));
        {
            auto writing = value(lease.begin_access(Access::write));
            std::memset(writing.bytes().data(), 0x5a, writing.bytes().size());
            static_cast<void>(value(writing.end().transform([] { return true; })));
        }
        const int fd = lease.fd();
        const auto memory = inode(fd);
        const auto serial = lease.serial();
        lease.release();
        that(frames.reconfigure(nv12(320, 240)).has_value(), "no smaller layout");
        lease = value(frames.acquire("reader"));
        that(lease.index() == 0 && lease.fd() == fd && inode(fd) == memory &&
                 lease.serial() == serial,
             "a smaller layout changed index, descriptor, memory or serial");
        {
            auto reading = value(lease.begin_access(Access::read));
            that(reading.bytes()[100] == std::byte{0x5a}, "the memory is not what was written");
        }
        lease.release();
        that(frames.reconfigure(nv12(640, 480)).has_value(), "no way back");
        that(value(frames.acquire("reader")).fd() == fd, "the way back changed the descriptor");
        that(frames.reconfigure(nv12(1280, 720)).has_value(), "no larger layout");
        that(value(frames.acquire("reader")).serial() != serial, "the frame is too small");
    }
    that(open_fds() == before, "descriptors were left open");
}

/// The buffer in a device that has queued a write to it.
class Importer {
  public:
    explicit Importer(int dmabuf_fd) : card_(drmOpenWithType("vgem", nullptr, DRM_NODE_RENDER)) {
        that(static_cast<bool>(card_), "there is no vgem");
        std::uint32_t handle = 0;
        that(drmPrimeFDToHandle(card_.get(), dmabuf_fd, &handle) == 0, "vgem does not import");
        drm_vgem_fence_attach attach{};
        attach.handle = handle;
        attach.flags = VGEM_FENCE_WRITE;
        that(drmIoctl(card_.get(), DRM_IOCTL_VGEM_FENCE_ATTACH, &attach) == 0, "no fence");
        fence_ = attach.out_fence;
    }

    void finish() const {
        drm_vgem_fence_signal signal{};
        signal.fence = fence_;
        that(drmIoctl(card_.get(), DRM_IOCTL_VGEM_FENCE_SIGNAL, &signal) == 0, "no signal");
    }

  private:
    UniqueFd card_;
    std::uint32_t fence_ = 0;
};

void waits_for_the_importer(const Options& options) {
    auto frames = pool(options, 2, 2, nv12(640, 480));
    auto late = value(frames.acquire("device"));
    const auto index = late.index();
    const Importer importer(late.fd());
    const auto other = value(frames.acquire("decoder"));
    late.release();
    const auto refused = frames.acquire("display");
    that(!refused, "a frame was recycled under its importer");
    std::println("{}", refused.error().message());
    const auto start = std::chrono::steady_clock::now();
    const std::jthread device([&] {
        std::this_thread::sleep_for(device_is_late_by);
        importer.finish();
    });
    const auto recycled = value(frames.acquire("display", patience));
    const auto waited = std::chrono::steady_clock::now() - start;
    that(recycled.index() == index, "another frame came back");
    that(waited >= device_is_late_by && waited < patience, "the wait was not for the fence");
}

/// How many system calls `act` makes, in a child that is traced.
template <typename Act>
int system_calls_of(const Act& act) {
    const pid_t child = fork();
    if (child == 0) {
        ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
        raise(SIGSTOP);
        syscall(SYS_getppid); // Marks the beginning, and the end.
        act();
        syscall(SYS_getppid);
        _exit(0);
    }
    int status = 0;
    int marks = 0;
    int calls = 0;
    waitpid(child, &status, 0);
    ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD);
    while (ptrace(PTRACE_SYSCALL, child, nullptr, nullptr) == 0 &&
           waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
        __ptrace_syscall_info info{};
        if (ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof info, &info) <= 0 ||
            info.op != PTRACE_SYSCALL_INFO_ENTRY)
            continue;
        if (info.entry.nr == SYS_getppid)
            ++marks;
        else if (marks == 1)
            ++calls;
    }
    that(marks == 2, "the child was not traced");
    return calls;
}

void recycles_without_a_system_call(const Options& options) {
    auto frames = pool(options, 1, 1, nv12(640, 480));
    const auto recycle = [&](Fences fences) {
        auto lease = value(frames.acquire("decoder"));
        static_cast<void>(lease.fd());
        lease.release(fences);
    };
    recycle(Fences::signalled);
    const int vouched_for = system_calls_of([&] {
        for (int i = 0; i < 100; ++i)
            recycle(Fences::signalled);
    });
    const int asked = system_calls_of([&] {
        for (int i = 0; i < 100; ++i)
            recycle(Fences::unknown);
    });
    that(vouched_for == 0, "to acquire and return a frame took a system call");
    that(asked == 99, "to ask for the fences of a frame took more or less than one system call");
}

void says_what_was_left(const Options& options) {
    auto frames = pool(options, 1, 100, heapsel::plain_layout(16U << 20U));
    std::vector<Lease> leases;
    for (;;) {
        auto lease = frames.acquire("hoarder");
        if (!lease) {
            std::println("{}", lease.error().message());
            that(frames.size() == leases.size(), "a frame was lost");
            return;
        }
        leases.push_back(*std::move(lease));
    }
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Checks the library's pool over a heap.");
    app.add_option("heap", options.heap);
    app.add_flag("--udmabuf", options.udmabuf, "over /dev/udmabuf instead, where no heap serves");
    app.add_flag("--exhaust", options.exhaust, "until the heap is full");
    CLI11_PARSE(app, argc, argv);
    survives_a_reconfigure(options);
    waits_for_the_importer(options);
    recycles_without_a_system_call(options);
    if (options.exhaust)
        says_what_was_left(options);
    return 0;
}
