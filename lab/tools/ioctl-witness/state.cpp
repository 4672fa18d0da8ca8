// SPDX-License-Identifier: LGPL-2.1-or-later
#include "state.hpp"

#include "call.hpp"
#include "json_line.hpp"

#include <atomic>
#include <linux/kcmp.h>
#include <linux/magic.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace witness {
namespace {

template <typename Entry, size_t N>
class Table {
  public:
    constexpr explicit Table(const char* name) : name_(name) {}

    template <typename Match>
    Entry* find(Match match) {
        for (size_t i = 0; i < top_; ++i)
            if (slots_[i].used && match(slots_[i].entry))
                return &slots_[i].entry;
        return nullptr;
    }

    template <typename Match>
    Entry* find_or_add(Match match, const Entry& fresh) {
        if (Entry* known = find(match))
            return known;
        for (size_t i = 0; i < N; ++i) {
            if (slots_[i].used)
                continue;
            slots_[i] = {.used = true, .entry = fresh};
            if (i >= top_)
                top_ = i + 1;
            return &slots_[i].entry;
        }
        JsonLine line("limit");
        line.text("what", name_).number("entries", N);
        emit(line);
        return nullptr;
    }

    template <typename Match>
    void erase(Match match) {
        for (size_t i = 0; i < top_; ++i)
            if (slots_[i].used && match(slots_[i].entry))
                slots_[i].used = false;
        while (top_ > 0 && !slots_[top_ - 1].used)
            --top_;
    }

  private:
    struct Slot {
        bool used;
        Entry entry;
    };
    const char* name_;
    size_t top_ = 0;
    std::array<Slot, N> slots_{};
};

struct OpenFd {
    int fd;
    uint32_t file;
    dev_t device;
};

struct V4l2Buffer {
    uint32_t file;
    uint32_t type;
    uint32_t index;
    std::array<uint64_t, max_planes> inodes;
};

struct Handle {
    uint32_t file;
    uint32_t handle;
    Memory memory;
};

struct Framebuffer {
    dev_t device;
    uint32_t fb;
    uint32_t file;
    std::array<uint32_t, 4> handles;
    // A handle may be closed, and its number reused, while the framebuffer lives on.
    std::array<bool, 4> handle_open;
    Planes planes;
};

struct KnownProperty {
    dev_t device;
    uint32_t id;
    Property meaning;
};

constinit Table<OpenFd, 256> open_fds("open fds");
constinit Table<V4l2Buffer, 2048> v4l2_buffers("V4L2 buffers");
constinit Table<Handle, 4096> handles("GEM handles");
constinit Table<Framebuffer, 1024> framebuffers("framebuffers");
constinit Table<KnownProperty, 1024> properties("KMS properties");
uint32_t last_file = 0;
uint32_t last_dumb = 0;
bool kcmp_missing = false;

constinit std::array<std::atomic<bool>, 4096> drm_fds{};

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

class Lock {
  public:
    Lock() { pthread_mutex_lock(&mutex); }
    ~Lock() { pthread_mutex_unlock(&mutex); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
};

void mark_drm(int fd, bool is_drm) {
    if (fd >= 0 && static_cast<size_t>(fd) < drm_fds.size())
        drm_fds[static_cast<size_t>(fd)].store(is_drm, std::memory_order_relaxed);
}

bool same_open_file(int a, int b) {
    const auto self = getpid();
    const auto order = syscall(SYS_kcmp, self, self, KCMP_FILE, a, b);
    if (order < 0 && !kcmp_missing) {
        kcmp_missing = true;
        JsonLine line("limit");
        line.text("what", "kcmp: duplicates of an fd are counted as files of their own");
        emit(line);
    }
    return order == 0;
}

void forget_fd_locked(int fd) {
    const OpenFd* known = open_fds.find([=](const OpenFd& f) { return f.fd == fd; });
    if (!known)
        return;
    const uint32_t file = known->file;
    open_fds.erase([=](const OpenFd& f) { return f.fd == fd; });
    mark_drm(fd, false);
    if (open_fds.find([=](const OpenFd& f) { return f.file == file; }))
        return;
    v4l2_buffers.erase([=](const V4l2Buffer& b) { return b.file == file; });
    handles.erase([=](const Handle& h) { return h.file == file; });
    framebuffers.erase([=](const Framebuffer& f) { return f.file == file; });
}

Handle* find_handle(uint32_t file, uint32_t handle) {
    return handles.find([=](const Handle& h) { return h.file == file && h.handle == handle; });
}

} // namespace

void init_state() {
    // A child of fork() must not inherit a lock that a thread it does not have was holding.
    pthread_atfork([] { pthread_mutex_lock(&mutex); }, [] { pthread_mutex_unlock(&mutex); },
                   [] { pthread_mutex_unlock(&mutex); });
}

dev_t device_number(int fd) {
    struct stat st;
    return fstat(fd, &st) == 0 ? st.st_rdev : 0;
}

uint64_t dma_buf_inode(int fd) {
    struct statfs fs;
    struct stat st;
    if (fd < 0 || fstatfs(fd, &fs) != 0 || fs.f_type != DMA_BUF_MAGIC || fstat(fd, &st) != 0)
        return 0;
    return st.st_ino;
}

uint32_t file_of(int fd) {
    const dev_t device = device_number(fd);
    const Lock lock;
    if (const OpenFd* known = open_fds.find([=](const OpenFd& f) { return f.fd == fd; })) {
        if (known->device == device)
            return known->file;
        // Closed behind our back, by close_range() or a dup2() over it.
        forget_fd_locked(fd);
    }
    const OpenFd* twin = open_fds.find(
        [=](const OpenFd& f) { return f.device == device && same_open_file(f.fd, fd); });
    const uint32_t file = twin ? twin->file : ++last_file;
    open_fds.find_or_add([=](const OpenFd& f) { return f.fd == fd; },
                         {.fd = fd, .file = file, .device = device});
    mark_drm(fd, major(device) == drm_major);
    return file;
}

void forget_fd(int fd) {
    const Lock lock;
    forget_fd_locked(fd);
}

bool is_known_drm_fd(int fd) {
    return fd >= 0 && static_cast<size_t>(fd) < drm_fds.size() &&
           drm_fds[static_cast<size_t>(fd)].load(std::memory_order_relaxed);
}

void set_v4l2_inode(uint32_t file, uint32_t type, uint32_t index, uint32_t plane, uint64_t inode) {
    if (plane >= max_planes)
        return;
    const Lock lock;
    V4l2Buffer* buffer = v4l2_buffers.find_or_add(
        [=](const V4l2Buffer& b) { return b.file == file && b.type == type && b.index == index; },
        {.file = file, .type = type, .index = index, .inodes = {}});
    if (buffer)
        buffer->inodes[plane] = inode;
}

uint64_t v4l2_inode(uint32_t file, uint32_t type, uint32_t index, uint32_t plane) {
    const Lock lock;
    const V4l2Buffer* buffer = v4l2_buffers.find(
        [=](const V4l2Buffer& b) { return b.file == file && b.type == type && b.index == index; });
    return buffer && plane < max_planes ? buffer->inodes[plane] : 0;
}

void forget_v4l2_queue(uint32_t file, uint32_t type) {
    const Lock lock;
    v4l2_buffers.erase([=](const V4l2Buffer& b) { return b.file == file && b.type == type; });
}

void add_dumb(uint32_t file, uint32_t handle) {
    const Lock lock;
    Handle* entry =
        handles.find_or_add([=](const Handle& h) { return h.file == file && h.handle == handle; },
                            {.file = file, .handle = handle, .memory = {}});
    if (entry)
        entry->memory = {.inode = 0, .dumb = ++last_dumb};
}

void set_handle_inode(uint32_t file, uint32_t handle, uint64_t inode) {
    const Lock lock;
    Handle* entry =
        handles.find_or_add([=](const Handle& h) { return h.file == file && h.handle == handle; },
                            {.file = file, .handle = handle, .memory = {}});
    if (!entry)
        return;
    entry->memory.inode = inode;
    const Memory memory = entry->memory;
    framebuffers.find([=](Framebuffer& f) {
        for (size_t i = 0; i < f.planes.count; ++i)
            if (f.file == file && f.handle_open[i] && f.handles[i] == handle)
                f.planes.memory[i] = memory;
        return false;
    });
}

Memory handle_memory(uint32_t file, uint32_t handle) {
    const Lock lock;
    const Handle* entry = find_handle(file, handle);
    return entry ? entry->memory : Memory{};
}

Memory take_handle(uint32_t file, uint32_t handle) {
    const Lock lock;
    const Handle* entry = find_handle(file, handle);
    const Memory memory = entry ? entry->memory : Memory{};
    handles.erase([=](const Handle& h) { return h.file == file && h.handle == handle; });
    framebuffers.find([=](Framebuffer& f) {
        for (size_t i = 0; i < f.planes.count; ++i)
            if (f.file == file && f.handles[i] == handle)
                f.handle_open[i] = false;
        return false;
    });
    return memory;
}

void put_back_handle(uint32_t file, uint32_t handle, Memory memory) {
    const Lock lock;
    handles.find_or_add([=](const Handle& h) { return h.file == file && h.handle == handle; },
                        {.file = file, .handle = handle, .memory = memory});
}

void add_framebuffer(dev_t device, uint32_t fb, uint32_t file,
                     const std::array<uint32_t, 4>& fb_handles, uint32_t count) {
    const Lock lock;
    const auto same = [=](const Framebuffer& f) { return f.device == device && f.fb == fb; };
    framebuffers.erase(same);
    Framebuffer fresh{.device = device,
                      .fb = fb,
                      .file = file,
                      .handles = fb_handles,
                      .handle_open = {true, true, true, true},
                      .planes = {.count = count, .memory = {}}};
    for (size_t i = 0; i < count; ++i)
        if (const Handle* entry = find_handle(file, fb_handles[i]))
            fresh.planes.memory[i] = entry->memory;
    framebuffers.find_or_add(same, fresh);
}

std::optional<Planes> framebuffer(dev_t device, uint32_t fb) {
    const Lock lock;
    const Framebuffer* known =
        framebuffers.find([=](const Framebuffer& f) { return f.device == device && f.fb == fb; });
    return known ? std::optional(known->planes) : std::nullopt;
}

std::optional<Planes> take_framebuffer(dev_t device, uint32_t fb) {
    const Lock lock;
    const auto same = [=](const Framebuffer& f) { return f.device == device && f.fb == fb; };
    const Framebuffer* known = framebuffers.find(same);
    const std::optional<Planes> planes = known ? std::optional(known->planes) : std::nullopt;
    framebuffers.erase(same);
    return planes;
}

Property property(dev_t device, uint32_t id) {
    const Lock lock;
    const KnownProperty* known =
        properties.find([=](const KnownProperty& p) { return p.device == device && p.id == id; });
    return known ? known->meaning : Property::unknown;
}

void set_property(dev_t device, uint32_t id, Property meaning) {
    const Lock lock;
    properties.find_or_add([=](const KnownProperty& p) { return p.device == device && p.id == id; },
                           {.device = device, .id = id, .meaning = meaning});
}

} // namespace witness
