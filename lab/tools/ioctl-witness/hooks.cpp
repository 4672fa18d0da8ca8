// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The interposed symbols. Preload the library and name the log in IOCTL_WITNESS_LOG.

// With it, mmap is declared as another name of mmap64, and the two could not be defined apart.
#undef _FILE_OFFSET_BITS

#include "call.hpp"
#include "json_line.hpp"
#include "state.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static_assert(sizeof(off_t) == 8, "mmap and mmap64 are taken to be alike");

namespace witness {
namespace {

std::atomic<int> log_fd{-1};
std::atomic<pid_t> owner{0};

/** The next definition of a symbol, looked up on first use: other libraries' constructors may
 *  run before ours. */
template <typename Function>
class Next {
  public:
    constexpr explicit Next(const char* name) : name_(name) {}
    Function* get() {
        Function* f = pointer_.load(std::memory_order_relaxed);
        if (!f) {
            const int saved = errno;
            f = reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name_));
            pointer_.store(f, std::memory_order_relaxed);
            errno = saved;
        }
        return f;
    }

  private:
    const char* name_;
    std::atomic<Function*> pointer_{nullptr};
};

using Ioctl = int(int, unsigned long, ...);
using Mmap = void*(void*, size_t, int, int, int, off_t);

constinit Next<Ioctl> next_ioctl("ioctl");
constinit Next<Ioctl> next_v4l2_ioctl("v4l2_ioctl");
constinit Next<int(int)> next_close("close");
constinit Next<ssize_t(int, void*, size_t)> next_read("read");
constinit Next<Mmap> next_mmap("mmap");

/** False also in a child of vfork(), which shares our memory but not our descriptors. */
bool recording() {
    return log_fd.load(std::memory_order_relaxed) >= 0 &&
           owner.load(std::memory_order_relaxed) == getpid();
}

[[gnu::constructor]] void start() {
    const char* path = std::getenv("IOCTL_WITNESS_LOG");
    if (!path || !*path)
        return;
    const int saved = errno;
    const int fd = ::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0) {
        std::fprintf(stderr, "ioctl-witness: cannot open %s: %s; nothing is recorded\n", path,
                     std::strerror(errno));
        errno = saved;
        return;
    }
    init_state();
    pthread_atfork(nullptr, nullptr, [] { owner.store(getpid()); });
    owner.store(getpid());
    log_fd.store(fd);

    std::array<char, 256> exe{};
    const auto length = readlink("/proc/self/exe", exe.data(), exe.size());
    JsonLine line("start");
    line.number("pid", getpid()).number("t1", monotonic_ns()).number("version", 1U);
    line.text("exe", {exe.data(), length > 0 ? static_cast<size_t>(length) : 0});
    emit(line);
    errno = saved;
}

int observed_ioctl(Ioctl* real, int fd, unsigned long request, void* arg) {
    Call call{.fd = fd,
              .request = static_cast<uint32_t>(request),
              .arg = arg,
              .real = real,
              .errno_before = errno};
    if (!arg || !recording())
        return real(fd, request, arg);
    if (!observe_v4l2(call) && !observe_drm(call) && !observe_dma_buf(call)) {
        errno = call.errno_before;
        return real(fd, request, arg);
    }
    errno = call.errno_after;
    return call.result;
}

void* observed_mmap(void* address, size_t length, int protection, int flags, int fd, off_t offset) {
    void* mapped = next_mmap.get()(address, length, protection, flags, fd, offset);
    if (fd >= 0 && mapped != MAP_FAILED && recording()) {
        const int saved = errno;
        observe_mmap(fd, length, protection, static_cast<uint64_t>(offset));
        errno = saved;
    }
    return mapped;
}

} // namespace

void Call::perform() {
    t0 = monotonic_ns();
    errno = errno_before;
    result = real(fd, request, arg);
    errno_after = errno;
    t1 = monotonic_ns();
}

uint64_t monotonic_ns() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<uint64_t>(now.tv_nsec);
}

void put_times(JsonLine& line, const Call& call) {
    line.number("pid", getpid()).number("tid", syscall(SYS_gettid));
    line.number("t0", call.t0).number("t1", call.t1);
    if (call.failed())
        line.number("err", call.error());
}

void put_device(JsonLine& line, int fd) {
    std::array<char, 32> link;
    std::array<char, 256> target;
    std::snprintf(link.data(), link.size(), "/proc/self/fd/%d", fd);
    const auto length = readlink(link.data(), target.data(), target.size());
    line.number("file", file_of(fd));
    line.text("dev", {target.data(), length > 0 ? static_cast<size_t>(length) : 0});
}

void put_inode(JsonLine& line, uint64_t inode) {
    if (inode)
        line.number("inode", inode);
    else
        line.null("inode");
}

void emit(JsonLine& line) {
    line.write_to(log_fd.load(std::memory_order_relaxed));
}

bool worth_recording(const Call& call) {
    return !call.failed() || (call.error() != EAGAIN && call.error() != EINTR);
}

} // namespace witness

#pragma GCC visibility push(default)
extern "C" {

int ioctl(int fd, unsigned long request, ...) noexcept {
    va_list arguments;
    va_start(arguments, request);
    void* arg = va_arg(arguments, void*);
    va_end(arguments);
    return witness::observed_ioctl(witness::next_ioctl.get(), fd, request, arg);
}

// libv4l2 enters the kernel with syscall(), past ioctl(): its own entry is watched instead.
int v4l2_ioctl(int fd, unsigned long request, ...) {
    va_list arguments;
    va_start(arguments, request);
    void* arg = va_arg(arguments, void*);
    va_end(arguments);
    return witness::observed_ioctl(witness::next_v4l2_ioctl.get(), fd, request, arg);
}

int close(int fd) {
    if (witness::recording()) {
        const int saved = errno;
        witness::forget_fd(fd);
        errno = saved;
    }
    return witness::next_close.get()(fd);
}

ssize_t read(int fd, void* buffer, size_t size) {
    const ssize_t got = witness::next_read.get()(fd, buffer, size);
    if (got > 0 && witness::is_known_drm_fd(fd) && witness::recording()) {
        const int saved = errno;
        witness::observe_drm_events(fd, buffer, static_cast<uint64_t>(got));
        errno = saved;
    }
    return got;
}

void* mmap(void* address, size_t length, int protection, int flags, int fd, off_t offset) noexcept {
    return witness::observed_mmap(address, length, protection, flags, fd, offset);
}

void* mmap64(void* address, size_t length, int protection, int flags, int fd,
             off64_t offset) noexcept {
    return witness::observed_mmap(address, length, protection, flags, fd, offset);
}

} // extern "C"
#pragma GCC visibility pop
