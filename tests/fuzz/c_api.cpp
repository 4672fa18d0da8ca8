// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The C API, called as no program should: in any order, with any texts, indices and values of
// enums, and with NULL anywhere. Objects live and die in any order that the header allows.
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fuzzer/FuzzedDataProvider.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <sys/mman.h>
#include <unistd.h>

#include <heapsel/heapsel.h>

#include "c/handles.hpp"
#include "c_caller.hpp"
#include "fake_ioctl.hpp"
#include "sound.hpp"

namespace heapsel {
namespace {

using fuzz::expect;
using fuzz::Owned;
using fuzz::read;

/// Heaps whose buffers are memfds. One of another size than a few pages is exhausted.
class MemoryHeaps : public test::FakeIoctl {
  public:
    [[nodiscard]] std::optional<int> answer(int /*fd*/, unsigned long request,
                                            void* argument) override {
        if (request == DMA_BUF_SET_NAME_B || request == DMA_BUF_IOCTL_SYNC)
            return 0;
        if (request != DMA_HEAP_IOCTL_ALLOC)
            return ENOTTY;
        auto* const data = static_cast<dma_heap_allocation_data*>(argument);
        if (data->len > 65536)
            return ENOMEM;
        const int fd = ::memfd_create("buffer", MFD_CLOEXEC);
        if (fd < 0 || ::ftruncate(fd, static_cast<off_t>(data->len)) != 0)
            return errno;
        data->fd = static_cast<__u32>(fd);
        return 0;
    }
};

class Program : private fuzz::Caller {
  public:
    using Caller::Caller;

    void run() {
        using Step = void (Program::*)();
        constexpr std::array<Step, 23> steps{
            &Program::make_catalog,   &Program::find_heap,      &Program::read_catalog,
            &Program::make_policy,    &Program::load_policy,    &Program::change_policy,
            &Program::require,        &Program::require_more,   &Program::name_consumers,
            &Program::ask_device,     &Program::join,           &Program::select,
            &Program::read_selection, &Program::make_allocator, &Program::allocate,
            &Program::use_buffer,     &Program::free_something, &Program::read_words,
            &Program::lay_out,        &Program::make_pool,      &Program::acquire,
            &Program::use_lease,      &Program::adopt};
        for (int step = 0; step < 200 && from_.remaining_bytes() > 0; ++step)
            (this->*from_.PickValueInArray(steps))();
    }

  private:
    // What scanning gives is checked elsewhere; these heaps have every combination.
    void make_catalog() {
        std::vector<Heap> heaps(from_.ConsumeIntegralInRange<std::size_t>(0, 4));
        for (Heap& heap : heaps) {
            heap.name = from_.ConsumeBool() ? from_.PickValueInArray({"a", "b", "c"})
                                            : from_.ConsumeRandomLengthString(8);
            if (from_.ConsumeBool())
                heap.aliases = {"alias"};
            heap.device = from_.ConsumeBool() ? "/dev/null" : "/nonexistent";
            heap.permission = from_.PickValueInArray(
                {Permission::granted, Permission::denied, Permission::broken, Permission::unknown});
            heap.open_errno = heap.permission == Permission::denied ? EACCES : ENXIO;
            for (Property& property : heap.properties)
                property.answer =
                    from_.PickValueInArray({Answer::no, Answer::yes, Answer::unknown});
            if (from_.ConsumeBool())
                heap.size = from_.ConsumeIntegral<std::uint64_t>();
        }
        if (from_.ConsumeBool())
            catalogs_.add(new heapsel_catalog{HeapCatalog(std::move(heaps))});
        else
            make(catalogs_, [&](auto catalog, heapsel_error** error) {
                return heapsel_catalog_scan(root(), catalog, error);
            });
    }

    void find_heap() {
        auto error = this->error();
        const heapsel_heap* heap = nullptr;
        const auto* const catalog = catalogs_.any(from_);
        if (error.judged(heapsel_catalog_find(catalog, text(), &heap, error)))
            read_heap(heap);
        else
            expect(heap == nullptr, "no heap after a failure");
    }

    void read_catalog() {
        const auto* const catalog = catalogs_.any(from_);
        static_cast<void>(heapsel_catalog_heap_count(catalog));
        read_heap(heapsel_catalog_heap(catalog, index()));
    }

    void read_heap(const heapsel_heap* heap) {
        std::uint64_t base = 0;
        std::uint64_t size = 0;
        read(heapsel_heap_name(heap));
        static_cast<void>(heapsel_heap_is_called(heap, text()));
        read(heapsel_heap_node(heap));
        static_cast<void>(heapsel_heap_region(heap, &base, nullptr));
        static_cast<void>(heapsel_heap_region(heap, nullptr, &size));
        static_cast<void>(heapsel_heap_size(heap, from_.ConsumeBool() ? &size : nullptr));
        const auto trait = value<heapsel_trait>();
        static_cast<void>(heapsel_heap_property(heap, trait));
        read(heapsel_heap_property_evidence(heap, trait));
        static_cast<void>(heapsel_heap_permission(heap));
    }

    void make_policy() {
        make(policies_, [&](auto policy, heapsel_error** error) {
            return heapsel_policy_create(policy, error);
        });
    }

    void load_policy() {
        const auto words = some_texts();
        make(policies_, [&](auto policy, heapsel_error** error) {
            return heapsel_policy_load(root(), from_.ConsumeBool() ? words.data() : nullptr,
                                       words.size(), policy, error);
        });
    }

    void change_policy() {
        auto* const policy = policies_.any(from_);
        auto error = this->error();
        switch (from_.ConsumeIntegralInRange<int>(0, 5)) {
        case 0:
            error.judged(heapsel_policy_require(policy, text(), error));
            return;
        case 1:
            error.judged(heapsel_policy_prefer(policy, text(), error));
            return;
        case 2:
            error.judged(heapsel_policy_set_heap(policy, text(), error));
            return;
        case 3:
            error.judged(heapsel_policy_set_size(policy, index(), error));
            return;
        case 4:
            error.judged(heapsel_policy_set_fallback(policy, value<heapsel_fallback>(), error));
            return;
        default:
            error.judged(heapsel_policy_set_udmabuf(policy, from_.ConsumeBool(), error));
        }
    }

    void require() {
        make(consumers_, [&](auto consumer, heapsel_error** error) {
            return heapsel_consumer_requirement(text(), text(), consumer, error);
        });
    }

    void require_more() {
        auto* const consumer = consumers_.any(from_);
        auto error = this->error();
        if (from_.ConsumeBool()) {
            error.judged(heapsel_consumer_require_address_bits(
                consumer, from_.ConsumeIntegralInRange(0U, 66U), error));
        } else {
            const auto stride = number();
            const auto offset = number();
            error.judged(heapsel_consumer_require_alignment(consumer, stride, offset, number(),
                                                            index(), error));
        }
        read(heapsel_consumer_name(consumer));
    }

    void join() {
        const auto consumers = consumers_.some(from_);
        auto error = this->error();
        std::uint32_t stride = 0;
        std::uint64_t address = 0;
        const bool done = error.judged(heapsel_consumers_alignment(
            from_.ConsumeBool() ? consumers.data() : nullptr, consumers.size(), &stride, nullptr,
            nullptr, &address, error));
        expect(done == (stride != 0) && done == (address != 0), "numbers after success alone");
    }

    void name_consumers() {
        const auto words = some_texts();
        std::vector<heapsel_consumer*> named(words.size() + 1);
        auto error = this->error();
        error.judged(heapsel_consumers_named(words.data(), words.size(), root(),
                                             catalogs_.any(from_), named.data(), error));
        for (heapsel_consumer* const consumer : named)
            consumers_.add(consumer);
    }

    void ask_device() {
        const int fd = descriptor();
        const auto number = from_.ConsumeIntegral<std::uint32_t>();
        make(consumers_, [&](auto consumer, heapsel_error** error) {
            return from_.ConsumeBool()
                       ? heapsel_consumer_v4l2(fd, value<heapsel_queue>(), consumer, error)
                       : heapsel_consumer_drm(fd, number, number, number, consumer, error);
        });
    }

    void select() {
        const auto consumers = consumers_.some(from_);
        make(selections_, [&](auto selection, heapsel_error** error) {
            return heapsel_select(catalogs_.any(from_),
                                  from_.ConsumeBool() ? consumers.data() : nullptr,
                                  consumers.size(), policies_.any(from_), selection, error);
        });
    }

    void read_selection() {
        const auto* const selection = selections_.any(from_);
        const auto count = heapsel_selection_count(selection);
        expect(heapsel_selection_candidate_count(selection) <= count, "candidates are judged");
        for (std::size_t i = 0; i < count; ++i)
            expect(*heapsel_selection_reason(selection, i) != '\0', "every verdict has a reason");
        read(heapsel_verdict_text(heapsel_selection_verdict(selection, index())));
        read(heapsel_selection_reason(selection, index()));
        read(heapsel_selection_warning(selection, index()));
        read_heap(heapsel_selection_heap(selection, index()));
        auto error = this->error();
        error.judged(heapsel_selection_require_candidate(selection, error));
    }

    void make_allocator() {
        make(allocators_, [&](auto allocator, heapsel_error** error) {
            return heapsel_allocator_create(selections_.any(from_), allocator, error);
        });
    }

    void adopt() {
        const int fd = ::memfd_create("foreign", MFD_CLOEXEC);
        heapsel_buffer* buffer = nullptr;
        auto error = this->error();
        const auto size = index();
        if (error.judged(
                heapsel_buffer_adopt(fd, size, text(), value<heapsel_answer>(), &buffer, error)))
            heapsel_buffer_free(buffer);
        else
            expect(::close(fd) == 0, "a descriptor that is not taken stays open");
    }

    void allocate() {
        make(buffers_, [&](auto buffer, heapsel_error** error) {
            return heapsel_allocator_allocate(allocators_.any(from_), index(), text(), buffer,
                                              error);
        });
    }

    void use_buffer() {
        auto* const buffer = buffers_.any(from_);
        static_cast<void>(heapsel_buffer_fd(buffer));
        static_cast<void>(heapsel_buffer_size(buffer));
        read(heapsel_buffer_heap(buffer));
        for (int i = 0; i < 3; ++i)
            use(buffer);
    }

    void use(heapsel_buffer* buffer) {
        auto error = this->error();
        void* address = nullptr;
        switch (from_.ConsumeIntegralInRange<int>(0, 3)) {
        case 0:
            if (error.judged(heapsel_buffer_begin_access(buffer, HEAPSEL_ACCESS_READ_WRITE,
                                                         value<heapsel_fences>(), &address, error)))
                std::memset(address, 1, heapsel_buffer_size(buffer));
            return;
        case 1:
            error.judged(heapsel_buffer_begin_access(buffer, value<heapsel_access>(),
                                                     value<heapsel_fences>(), &address, error));
            return;
        case 2:
            error.judged(heapsel_buffer_end_access(buffer, error));
            return;
        default:
            if (const int fd = heapsel_buffer_release_fd(buffer); fd >= 0)
                ::close(fd);
        }
    }

    void lay_out() {
        constexpr std::uint32_t nv12 = 0x3231564e;
        make(layouts_, [&](auto layout, heapsel_error** error) {
            if (from_.ConsumeBool())
                return heapsel_layout_create_plain(number(), layout, error);
            const auto format = from_.ConsumeBool() ? nv12 : number();
            const auto width = number();
            const auto height = number();
            return heapsel_layout_create(format, width, height, number(), number(), number(),
                                         value<heapsel_placement>(), layout, error);
        });
        read_layout(layouts_.any(from_));
    }

    void read_layout(const heapsel_layout* layout) {
        for (std::size_t i = 0; i < heapsel_layout_plane_count(layout); ++i) {
            const auto buffer = heapsel_layout_plane_buffer(layout, i);
            expect(buffer < heapsel_layout_buffer_count(layout), "a plane is in a dma-buf");
            expect(std::uint64_t{heapsel_layout_plane_offset(layout, i)} +
                           heapsel_layout_plane_size(layout, i) <=
                       heapsel_layout_buffer_size(layout, buffer),
                   "a plane fits its dma-buf");
        }
        static_cast<void>(heapsel_layout_plane_stride(layout, index()));
        static_cast<void>(heapsel_layout_buffer_size(layout, index()));
    }

    void make_pool() {
        make(pools_, [&](auto pool, heapsel_error** error) {
            const auto min = index();
            return heapsel_pool_create(allocators_.any(from_), layouts_.any(from_), min, index(),
                                       text(), pool, error);
        });
    }

    void acquire() {
        auto* const pool = pools_.any(from_);
        make(leases_, [&](auto lease, heapsel_error** error) {
            return heapsel_pool_acquire(pool, text(), from_.ConsumeIntegralInRange(0U, 1U), lease,
                                        error);
        });
        if (from_.ConsumeBool()) {
            auto error = this->error();
            error.judged(heapsel_pool_reconfigure(pool, layouts_.any(from_), error));
        }
        if (from_.ConsumeBool()) {
            int fd = -1;
            auto error = this->error();
            error.judged(heapsel_pool_poll_fd(pool, &fd, error));
            heapsel_pool_set_flushing(pool, from_.ConsumeBool());
        }
        static_cast<void>(heapsel_pool_size(pool));
    }

    void use_lease() {
        auto* const lease = leases_.any(from_);
        static_cast<void>(heapsel_lease_index(lease));
        expect((heapsel_lease_serial(lease) == 0) == (lease == nullptr), "a frame has a serial");
        read_layout(heapsel_lease_layout(lease));
        if (from_.ConsumeBool())
            static_cast<void>(heapsel_lease_fd(lease, index()));
        void* address = nullptr;
        auto begun = this->error();
        begun.judged(heapsel_lease_begin_access(lease, index(), value<heapsel_access>(),
                                                value<heapsel_fences>(), &address, begun));
        auto ended = this->error();
        ended.judged(heapsel_lease_end_access(lease, index(), ended));
    }

    void free_something() {
        switch (from_.ConsumeIntegralInRange<int>(0, 8)) {
        case 0:
            return catalogs_.free_one(from_);
        case 1:
            return policies_.free_one(from_);
        case 2:
            return consumers_.free_one(from_);
        case 3:
            return selections_.free_one(from_);
        case 4:
            return allocators_.free_one(from_);
        case 5:
            return layouts_.free_one(from_);
        case 6:
            return pools_.free_one(from_);
        case 7:
            return leases_.free_one(from_);
        default:
            return buffers_.free_one(from_);
        }
    }

    void read_words() {
        read(heapsel_trait_text(value<heapsel_trait>()));
        read(heapsel_verdict_text(value<heapsel_verdict>()));
        read(heapsel_error_message(nullptr));
        static_cast<void>(heapsel_format_of_v4l2(number()));
    }

    Owned<heapsel_catalog> catalogs_{heapsel_catalog_free};
    Owned<heapsel_policy> policies_{heapsel_policy_free};
    Owned<heapsel_consumer> consumers_{heapsel_consumer_free};
    Owned<heapsel_selection> selections_{heapsel_selection_free};
    Owned<heapsel_allocator> allocators_{heapsel_allocator_free};
    Owned<heapsel_buffer> buffers_{heapsel_buffer_free};
    Owned<heapsel_layout> layouts_{heapsel_layout_free};
    Owned<heapsel_pool> pools_{heapsel_pool_free};
    Owned<heapsel_lease> leases_{
        [](heapsel_lease* lease) { heapsel_lease_release(lease, HEAPSEL_FENCES_UNKNOWN); }};
};

std::size_t open_descriptors(int above) {
    std::size_t count = 0;
    for (int fd = 0; fd < above; ++fd)
        count += ::fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
    return count;
}

} // namespace
} // namespace heapsel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const heapsel::MemoryHeaps kernel;
    static const int device = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    constexpr int enough = 64;
    const auto before = heapsel::open_descriptors(enough);
    {
        FuzzedDataProvider from(data, size);
        heapsel::Program(from, device).run();
    }
    heapsel::fuzz::expect(heapsel::open_descriptors(enough) == before,
                          "every descriptor that was opened is closed");
    return 0;
}
