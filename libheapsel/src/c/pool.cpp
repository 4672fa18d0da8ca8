// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/pool.h>

#include <chrono>
#include <utility>

#include "c/call.hpp"
#include "c/handles.hpp"

using namespace heapsel;

int heapsel_pool_create(const heapsel_allocator* allocator, const heapsel_layout* layout,
                        std::size_t min, std::size_t max, const char* name, heapsel_pool** pool,
                        heapsel_error** error) {
    return c_api::make(__func__, error, pool,
                       {{"allocator", allocator}, {"layout", layout}, {"pool", pool}}, [&] {
                           PoolOptions options;
                           options.layout = layout->value;
                           options.min = min;
                           options.max = max;
                           if (name != nullptr)
                               options.name = name;
                           return BufferPool::create(allocator->value, std::move(options));
                       });
}

void heapsel_pool_free(heapsel_pool* pool) {
    delete pool;
}

int heapsel_pool_acquire(heapsel_pool* pool, const char* holder, std::uint32_t milliseconds,
                         heapsel_lease** lease, heapsel_error** error) {
    return c_api::make(
        __func__, error, lease, {{"pool", pool}, {"holder", holder}, {"lease", lease}}, [&] {
            return pool->value.acquire(holder, std::chrono::milliseconds(milliseconds))
                .transform([](Lease&& acquired) {
                    heapsel_layout layout{acquired.layout()};
                    heapsel_lease made{
                        .value = std::move(acquired), .layout = std::move(layout), .accesses = {}};
                    made.accesses.resize(made.layout.value.buffer_sizes.size());
                    return made;
                });
        });
}

int heapsel_pool_reconfigure(heapsel_pool* pool, const heapsel_layout* layout,
                             heapsel_error** error) {
    return c_api::call(__func__, error, {{"pool", pool}, {"layout", layout}},
                       [&] { return pool->value.reconfigure(layout->value); });
}

void heapsel_pool_set_flushing(heapsel_pool* pool, bool flushing) {
    if (pool != nullptr)
        pool->value.set_flushing(flushing);
}

int heapsel_pool_poll_fd(heapsel_pool* pool, int* poll_fd, heapsel_error** error) {
    if (poll_fd != nullptr)
        *poll_fd = -1;
    return c_api::call(__func__, error, {{"pool", pool}, {"poll_fd", poll_fd}},
                       [&]() -> Result<void> {
                           return pool->value.poll_fd().transform([&](int fd) { *poll_fd = fd; });
                       });
}

std::size_t heapsel_pool_size(const heapsel_pool* pool) {
    return pool == nullptr ? 0 : pool->value.size();
}
