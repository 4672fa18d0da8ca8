// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/heapsel.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <heapsel/unique_fd.hpp>

#include "c/call.hpp"
#include "c/handles.hpp"
#include "c_handle.hpp"
#include "fake_heap.hpp"
#include "fenced_memory.hpp"
#include "flat_builder.hpp"
#include "recorded_board.hpp"
#include "tree_builder.hpp"

namespace {

constexpr long never = -1;
long left = never; ///< How many allocations succeed before one fails.

/// The allocation that is asked for now is the one.
bool fails_now() {
    if (left == never)
        return false;
    return left-- == 0;
}

} // namespace

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return fails_now() ? nullptr : std::malloc(size == 0 ? 1 : size);
}

void* operator new(std::size_t size) {
    void* const memory = operator new(size, std::nothrow);
    if (memory == nullptr)
        throw std::bad_alloc();
    return memory;
}

void operator delete(void* memory) noexcept {
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace heapsel {
namespace {

/// Makes each allocation of `call` fail, one at a time: each failure is ENOMEM with a message, and
/// leaks nothing. Gives how many allocations there are.
int fail_each(const std::function<int(heapsel_error**)>& call) {
    for (int n = 0;; ++n) {
        heapsel_error* error = nullptr;
        left = n;
        const int status = call(&error);
        const bool passed = left >= 0;
        left = never;
        const test::OwnedError owned(error);
        if (passed) {
            EXPECT_EQ(status, 0) << heapsel_error_message(error);
            return n;
        }
        if (status == 0) // What failed was not needed: sorting, say, does with less.
            continue;
        EXPECT_EQ(status, -ENOMEM);
        EXPECT_EQ(heapsel_error_code(error), ENOMEM);
        EXPECT_STREQ(heapsel_error_message(error), "cannot get memory: Cannot allocate memory");
    }
}

/// While it lives, no allocation fails.
class Unfailing {
  public:
    Unfailing() : kept_(std::exchange(left, never)) {}
    Unfailing(const Unfailing&) = delete;
    Unfailing& operator=(const Unfailing&) = delete;
    ~Unfailing() { left = kept_; }

  private:
    long kept_;
};

class CApiMemory : public testing::Test {
  protected:
    CApiMemory() {
        for (const char* const heap : {"system", "default_cma_region", "reserved"})
            directory_.write(std::string("dev/dma_heap/") + heap);
    }

    [[nodiscard]] const char* root() const { return directory_.path().c_str(); }

    test::TemporaryDirectory directory_;
};

TEST_F(CApiMemory, ThatRunsOutWhileAMachineIsScannedIsEnomem) {
    EXPECT_GT(fail_each([&](heapsel_error** error) {
                  heapsel_catalog* catalog = nullptr;
                  const int status = heapsel_catalog_scan(root(), &catalog, error);
                  EXPECT_EQ(catalog == nullptr, status != 0);
                  heapsel_catalog_free(catalog);
                  return status;
              }),
              20);
}

TEST_F(CApiMemory, ThatRunsOutWhileHeapsAreJudgedIsEnomem) {
    const auto catalog = test::made_by<test::OwnedCatalog>(heapsel_catalog_scan, root());
    EXPECT_GT(fail_each([&](heapsel_error** error) {
                  heapsel_selection* selection = nullptr;
                  const int status =
                      heapsel_select(catalog.get(), nullptr, 0, nullptr, &selection, error);
                  EXPECT_EQ(selection == nullptr, status != 0);
                  heapsel_selection_free(selection);
                  return status;
              }),
              5);
}

TEST_F(CApiMemory, ThatRunsOutWhileAPolicyGrowsLeavesItAsItWas) {
    const auto policy = test::made_by<test::OwnedPolicy>(heapsel_policy_create);
    constexpr const char* all = "contiguous,non-protected,uncached,non-ecc";
    bool added = false;
    EXPECT_GT(fail_each([&](heapsel_error** error) {
                  const int status = heapsel_policy_require(policy.get(), all, error);
                  added = added || status == 0;
                  EXPECT_EQ(policy->value.require.size(), added ? 4U : 0U);
                  return status;
              }),
              2);
}

TEST_F(CApiMemory, ThatRunsOutWhileAConsumerRequiresMoreLeavesItAsItWas) {
    const auto consumer = test::made_by<test::OwnedConsumer>(
        heapsel_consumer_requirement, "a name that needs memory of its own", "contiguous");
    bool done = false;
    EXPECT_GT(fail_each([&](heapsel_error** error) {
                  const int status =
                      heapsel_consumer_require_address_bits(consumer.get(), 32, error);
                  done = done || status == 0;
                  EXPECT_EQ(consumer->value.requirement().address_bits.has_value(), done);
                  return status;
              }),
              2);
    EXPECT_GT(fail_each([&](heapsel_error** error) {
                  return heapsel_consumer_require_alignment(consumer.get(), 64, 1, 1, 1, error);
              }),
              2);
    heapsel_consumer* const one = consumer.get();
    EXPECT_GT(fail_each([&](heapsel_error** error) {
                  return heapsel_consumers_alignment(&one, 1, nullptr, nullptr, nullptr, nullptr,
                                                     error);
              }),
              0);
}

TEST_F(CApiMemory, ThatRunsOutForNamedDevicesLeavesNone) {
    for (const char* const node : {"video0", "video1"}) {
        directory_.write(std::string("dev/") + node);
        directory_.write(std::string("sys/class/video4linux/") + node + "/name", "codec\n");
    }
    const std::array words{"video0", "video1"};
    EXPECT_GT(fail_each([&](heapsel_error** error) {
                  std::array<heapsel_consumer*, 2> made{};
                  const int status = heapsel_consumers_named(words.data(), words.size(), root(),
                                                             nullptr, made.data(), error);
                  for (heapsel_consumer* const one : made) {
                      EXPECT_EQ(one == nullptr, status != 0);
                      heapsel_consumer_free(one);
                  }
                  return status;
              }),
              10);
}

TEST_F(CApiMemory, ThatRunsOutWhileAPolicyFileIsReadIsEnomem) {
    directory_.write("etc/heapsel/policy.toml", "[default]\nrequire = [\"contiguous\"]\n");
    EXPECT_GT(fail_each([&](heapsel_error** error) {
                  heapsel_policy* policy = nullptr;
                  const int status = heapsel_policy_load(root(), nullptr, 0, &policy, error);
                  EXPECT_EQ(policy == nullptr, status != 0);
                  EXPECT_TRUE(policy == nullptr || policy->value.require.size() == 1);
                  heapsel_policy_free(policy);
                  return status;
              }),
              10);
}

TEST_F(CApiMemory, ThatRunsOutLeavesADescriptorWithItsOwner) {
    const UniqueFd given(::open("/dev/null", O_RDWR | O_CLOEXEC));
    const int fd = given.get();
    EXPECT_GT(fail_each([&](heapsel_error** error) {
                  heapsel_buffer* buffer = nullptr;
                  const int status = heapsel_buffer_adopt(fd, 1, "a name that needs memory",
                                                          HEAPSEL_ANSWER_UNKNOWN, &buffer, error);
                  EXPECT_EQ(buffer == nullptr, status != 0);
                  EXPECT_GE(::fcntl(fd, F_GETFD), 0);
                  static_cast<void>(heapsel_buffer_release_fd(buffer));
                  heapsel_buffer_free(buffer);
                  return status;
              }),
              1);
}

TEST_F(CApiMemory, ThatRunsOutForTheErrorItselfIsEnomem) {
    int failures = 0;
    for (int n = 0; n < 3; ++n) {
        heapsel_error* error = nullptr;
        left = n;
        const int status = heapsel_catalog_scan(root(), nullptr, &error);
        left = never;
        const test::OwnedError owned(error);
        EXPECT_EQ(status, -heapsel_error_code(error));
        failures += status == -ENOMEM ? 1 : 0;
    }
    EXPECT_GT(failures, 0);
}

/// A heap whose buffers have fences.
class FencedHeap : public test::FakeIoctl {
  public:
    std::optional<int> answer(int /*fd*/, unsigned long request, void* argument) override {
        if (request != DMA_HEAP_IOCTL_ALLOC)
            return std::nullopt;
        static_cast<dma_heap_allocation_data*>(argument)->fd =
            static_cast<__u32>(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
        return 0;
    }
};

constexpr std::size_t most = 3; ///< Frames of the pools below.
constexpr std::uint32_t page = 4096;
constexpr const char* someone = "a holder whose name needs memory of its own";

/// A pool in which one frame is held, the fence of another one is pending, and the third is not
/// made.
struct BusyPool {
    explicit BusyPool(const heapsel_allocator* allocator) {
        const auto layout = test::made_by<test::OwnedLayout>(heapsel_layout_create_plain, page);
        pool = test::made_by<test::OwnedPool>(heapsel_pool_create, allocator, layout.get(), 0U,
                                              most, "frames");
        held = acquired();
        auto returned = acquired();
        pending = heapsel_lease_fd(returned.get(), 0);
        test::add_fence(pending);
    }

    [[nodiscard]] test::OwnedLease acquired() const {
        return test::made_by<test::OwnedLease>(heapsel_pool_acquire, pool.get(), "decoder", 0U);
    }
    /// Takes all that there may be, and returns it.
    void expect_whole() {
        test::signal_fence(pending);
        held.reset();
        std::vector<test::OwnedLease> all;
        for (std::size_t i = 0; i < most; ++i)
            all.push_back(acquired());
    }

    test::OwnedPool pool;
    test::OwnedLease held;
    int pending = -1;
};

class CApiMemoryOfAPool : public testing::Test {
  protected:
    /// Makes each allocation of `call` fail, in a new pool each time. That pool is as good as ever
    /// afterwards, and no descriptor is left open.
    int fail_each_of(const std::function<int(BusyPool&, heapsel_error**)>& call) {
        return fail_each([&](heapsel_error** error) {
            const std::size_t before = [] {
                const Unfailing calm;
                return test::open_fd_count();
            }();
            const int status = once(call, error);
            const Unfailing calm;
            EXPECT_EQ(test::open_fd_count(), before);
            return status;
        });
    }

    FencedHeap kernel_;
    test::OwnedAllocator allocator_ = test::allocator_of_a_fake_heap();

  private:
    int once(const std::function<int(BusyPool&, heapsel_error**)>& call, heapsel_error** error) {
        std::optional<BusyPool> busy;
        {
            const Unfailing calm;
            busy.emplace(allocator_.get());
        }
        const int status = call(*busy, error);
        const Unfailing calm;
        // Takes the number of the descriptor that was closed last.
        const UniqueFd foreign(::memfd_create("foreign", MFD_CLOEXEC));
        busy->expect_whole();
        EXPECT_EQ(::lseek(foreign.get(), 0, SEEK_END), 0) << "the pool wrote into it";
        busy.reset();
        return status;
    }
};

TEST_F(CApiMemoryOfAPool, ThatRunsOutWhileItIsMadeLeavesNothing) {
    EXPECT_GT(fail_each_of([&](BusyPool& busy, heapsel_error** error) {
                  heapsel_pool* pool = nullptr;
                  const auto* const layout = heapsel_lease_layout(busy.held.get());
                  const int status =
                      heapsel_pool_create(allocator_.get(), layout, 2, 2, someone, &pool, error);
                  EXPECT_EQ(pool == nullptr, status != 0);
                  heapsel_pool_free(pool);
                  return status;
              }),
              10);
}

TEST_F(CApiMemoryOfAPool, ThatRunsOutWhileAFrameIsMadeOrTakenLeavesItToTheNext) {
    EXPECT_GT(fail_each_of([](BusyPool& busy, heapsel_error** error) {
                  heapsel_lease* lease = nullptr;
                  const int status =
                      heapsel_pool_acquire(busy.pool.get(), someone, 0, &lease, error);
                  EXPECT_EQ(lease == nullptr, status != 0);
                  heapsel_lease_release(lease, HEAPSEL_FENCES_UNKNOWN);
                  return status;
              }),
              10);
}

TEST_F(CApiMemoryOfAPool, ThatRunsOutWhileAThreadWaitsLeavesNoDescriptorToWake) {
    EXPECT_GT(fail_each_of([](BusyPool& busy, heapsel_error** error) {
                  test::OwnedLease third;
                  {
                      const Unfailing calm;
                      third = busy.acquired();
                  }
                  heapsel_lease* none = nullptr;
                  const int status =
                      heapsel_pool_acquire(busy.pool.get(), someone, 1, &none, error);
                  EXPECT_EQ(none, nullptr);
                  const Unfailing calm;
                  third.reset();
                  if (status != -ETIMEDOUT)
                      return status;
                  heapsel_error_free(std::exchange(*error, nullptr));
                  return 0;
              }),
              10);
}

TEST_F(CApiMemoryOfAPool, ThatRunsOutWhileItIsLaidOutAnewLeavesNoSlotWithoutAFrame) {
    EXPECT_GT(fail_each_of([](BusyPool& busy, heapsel_error** error) {
                  test::OwnedLayout larger;
                  {
                      const Unfailing calm;
                      busy.acquired().reset(); // One that is idle.
                      larger =
                          test::made_by<test::OwnedLayout>(heapsel_layout_create_plain, 2 * page);
                      // What is pending goes at once; nobody signals it later.
                      test::signal_fence(busy.pending);
                  }
                  const int status = heapsel_pool_reconfigure(busy.pool.get(), larger.get(), error);
                  const Unfailing calm;
                  const auto next = busy.acquired();
                  busy.pending = heapsel_lease_fd(next.get(), 0);
                  test::add_fence(busy.pending);
                  return status;
              }),
              2);
}

TEST_F(CApiMemoryOfAPool, ThatRunsOutForItsDescriptorLeavesNone) {
    EXPECT_GT(fail_each_of([](BusyPool& busy, heapsel_error** error) {
                  int fd = 0;
                  const int status = heapsel_pool_poll_fd(busy.pool.get(), &fd, error);
                  EXPECT_EQ(fd < 0, status != 0);
                  return status;
              }),
              0);
}

TEST_F(CApiMemoryOfAPool, ThatRunsOutWhileItIsFlushingIsEnomem) {
    EXPECT_GT(fail_each_of([](BusyPool& busy, heapsel_error** error) {
                  heapsel_pool_set_flushing(busy.pool.get(), true);
                  heapsel_lease* none = nullptr;
                  const int status =
                      heapsel_pool_acquire(busy.pool.get(), someone, 0, &none, error);
                  heapsel_pool_set_flushing(busy.pool.get(), false);
                  if (status != -ECANCELED)
                      return status;
                  const Unfailing calm;
                  heapsel_error_free(std::exchange(*error, nullptr));
                  return 0;
              }),
              2);
}

TEST_F(CApiMemoryOfAPool, ThatRunsOutForAccessToAFrameIsEnomem) {
    EXPECT_GT(fail_each_of([](BusyPool& busy, heapsel_error** error) {
                  // Refused, and saying so needs memory: there is no such dma-buf.
                  const int status =
                      heapsel_lease_begin_access(busy.held.get(), 1, HEAPSEL_ACCESS_READ,
                                                 HEAPSEL_FENCES_UNKNOWN, nullptr, error);
                  if (status != -EINVAL)
                      return status;
                  const Unfailing calm;
                  heapsel_error_free(std::exchange(*error, nullptr));
                  return 0;
              }),
              1);
}

TEST_F(CApiMemoryOfAPool, IsNotNeededToReturnAFrame) {
    const BusyPool busy(allocator_.get());
    int fd = -1;
    ASSERT_EQ(test::calling(heapsel_pool_poll_fd, busy.pool.get(), &fd), "0");
    auto lease = busy.acquired();
    left = 0;
    lease.reset();
    const long after = std::exchange(left, never);
    EXPECT_EQ(after, 0);
}

/// What a call comes to whose body throws `what`.
std::string thrown(auto what) {
    heapsel_error* error = nullptr;
    const int status = c_api::call("f", &error, {}, [&]() -> Result<void> { throw what; });
    return test::outcome(status, error);
}

TEST(CApiException, OfNoKnownKindIsEnotrecoverable) {
    EXPECT_EQ(
        thrown(std::runtime_error("what")),
        "cannot finish f (what): State not recoverable. This is a fault of libheapsel; please "
        "report it.");
    EXPECT_EQ(thrown(7), "cannot finish f (an exception): State not recoverable. This is a fault "
                         "of libheapsel; please report it.");
    EXPECT_EQ(c_api::call("f", nullptr, {}, []() -> Result<void> { throw 7; }), -ENOTRECOVERABLE);
    EXPECT_EQ(thrown(std::length_error("what")), "cannot get memory: Cannot allocate memory");
}

} // namespace
} // namespace heapsel
