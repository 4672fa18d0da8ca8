// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for the heaps over carved-out memory, besides those of the kernel
 */

#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/kthread.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "carveout-coherent-test.h"
#include "carveout-test.h"
#include "dma-heap-private.h"

struct random_blocks {
	struct carveout_extent *block[512];
	int n;
	size_t used;
	struct rnd_state rnd;
};

static struct random_blocks *random_blocks(struct kunit *test)
{
	struct random_blocks *blocks = kunit_kzalloc(test, sizeof(*blocks), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, blocks);
	prandom_seed_state(&blocks->rnd, 1);

	return blocks;
}

/* The buffer sizes of a video pipeline, and some that are odd. */
static size_t random_size(struct random_blocks *blocks)
{
	static const u32 sizes[] = {
		SZ_4K, SZ_16K, SZ_64K, SZ_256K, SZ_512K, SZ_1M, 3060 * SZ_1K, 3060 * SZ_1K,
		3060 * SZ_1K, 510 * SZ_1K, 681 * SZ_1K, 1350 * SZ_1K,
	};

	return PAGE_ALIGN(sizes[prandom_u32_state(&blocks->rnd) % ARRAY_SIZE(sizes)]);
}

static size_t block_size(const struct carveout_extent *extent)
{
	return extent->pages << PAGE_SHIFT;
}

static void free_random(struct kunit *test, struct random_blocks *blocks)
{
	int i = prandom_u32_state(&blocks->rnd) % blocks->n;

	free_block(test, blocks->block[i]);
	blocks->used -= block_size(blocks->block[i]);
	kfree(blocks->block[i]);
	blocks->block[i] = blocks->block[--blocks->n];
}

static void add_random(struct kunit *test, struct random_blocks *blocks, size_t most)
{
	size_t size = random_size(blocks);
	struct carveout_extent *extent;

	while (blocks->n == ARRAY_SIZE(blocks->block) || blocks->used + size > most)
		free_random(test, blocks);

	extent = kzalloc_obj(*extent);
	KUNIT_ASSERT_NOT_NULL(test, extent);
	alloc_block(test, size, extent);
	blocks->block[blocks->n++] = extent;
	blocks->used += size;
}

static void free_all_random(struct kunit *test, struct random_blocks *blocks)
{
	while (blocks->n)
		free_random(test, blocks);
}

static void carveout_pool_test_does_not_fragment_at_two_thirds(struct kunit *test)
{
	struct random_blocks *blocks = random_blocks(test);
	int i;

	/* alloc_block() asserts that there is room. */
	for (i = 0; i < 50000; i++)
		add_random(test, blocks, POOL_SIZE / 3 * 2);
	free_all_random(test, blocks);
}

static bool is_before(const struct carveout_extent *a, const struct carveout_extent *b)
{
	return a->start + a->pages <= b->start;
}

static void carveout_pool_test_blocks_do_not_overlap(struct kunit *test)
{
	struct random_blocks *blocks = random_blocks(test);
	int i, j, k;

	for (i = 0; i < 200; i++) {
		add_random(test, blocks, POOL_SIZE / 2);
		for (j = 0; j < blocks->n; j++)
			for (k = 0; k < j; k++)
				KUNIT_ASSERT_TRUE(test,
						  is_before(blocks->block[j], blocks->block[k]) ||
						  is_before(blocks->block[k], blocks->block[j]));
	}
	free_all_random(test, blocks);
}

static void carveout_pool_test_tells_the_largest_exactly(struct kunit *test)
{
	struct random_blocks *blocks = random_blocks(test);
	struct carveout_extent extent;
	struct dma_heap_sizes sizes;
	int i;

	for (i = 0; i < 300; i++) {
		add_random(test, blocks, POOL_SIZE / 4 * 3);

		carveout_pool_get_sizes(pool_of(test), &sizes);
		KUNIT_ASSERT_EQ(test, sizes.free, POOL_SIZE - blocks->used);
		KUNIT_ASSERT_EQ(test,
				carveout_pool_alloc(pool_of(test),
						    sizes.largest_free + PAGE_SIZE, &extent),
				-ENOMEM);
		KUNIT_ASSERT_EQ(test,
				carveout_pool_alloc(pool_of(test), sizes.largest_free, &extent),
				0);
		free_block(test, &extent);
	}
	free_all_random(test, blocks);
}

#define THREADS 8
#define ROUNDS 5000

/* One entry a page, which only its owner writes. */
struct shared_pool {
	struct carveout_pool *pool;
	unsigned long *owner;
	atomic_t clashes;
};

static bool set_owner(struct shared_pool *shared, const struct carveout_extent *extent,
		      unsigned long from, unsigned long to)
{
	unsigned long page = extent->start - PHYS_PFN(POOL_BASE);
	unsigned long i;
	bool clash = false;

	for (i = page; i < page + extent->pages; i++)
		clash |= cmpxchg(&shared->owner[i], from, to) != from;

	return clash;
}

static int share_pool(void *data)
{
	struct shared_pool *shared = data;
	unsigned long me = (unsigned long)current;
	struct carveout_extent extent;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		size_t size = PAGE_SIZE << (i % 11);

		if (carveout_pool_alloc(shared->pool, size, &extent))
			continue;
		if (set_owner(shared, &extent, 0, me) || set_owner(shared, &extent, me, 0))
			atomic_inc(&shared->clashes);
		carveout_pool_free(shared->pool, &extent);
	}

	/* kthread_stop() wants to find it running. */
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);

	return 0;
}

static void carveout_pool_test_many_threads_share_it(struct kunit *test)
{
	struct shared_pool shared = { .pool = pool_of(test) };
	struct task_struct *threads[THREADS];
	struct dma_heap_sizes sizes;
	int i;

	shared.owner = kunit_kcalloc(test, POOL_SIZE >> PAGE_SHIFT, sizeof(*shared.owner),
				     GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, shared.owner);

	for (i = 0; i < THREADS; i++) {
		threads[i] = kthread_run(share_pool, &shared, "kunit-pool/%d", i);
		KUNIT_EXPECT_NOT_ERR_OR_NULL(test, threads[i]);
	}
	for (i = 0; i < THREADS; i++)
		if (!IS_ERR(threads[i]))
			kthread_stop(threads[i]);

	KUNIT_EXPECT_EQ(test, atomic_read(&shared.clashes), 0);
	carveout_pool_get_sizes(pool_of(test), &sizes);
	KUNIT_EXPECT_EQ(test, sizes.free, POOL_SIZE);
}

static struct kunit_case carveout_pool_test_cases[] = {
	KUNIT_CASE_SLOW(carveout_pool_test_does_not_fragment_at_two_thirds),
	KUNIT_CASE(carveout_pool_test_blocks_do_not_overlap),
	KUNIT_CASE(carveout_pool_test_tells_the_largest_exactly),
	KUNIT_CASE_SLOW(carveout_pool_test_many_threads_share_it),
	{}
};

static struct kunit_suite carveout_pool_test_suite = {
	.name = "carveout_pool_more",
	.init = carveout_pool_test_init,
	.exit = carveout_pool_test_exit,
	.test_cases = carveout_pool_test_cases,
};

static void carveout_heap_test_refuses_more_than_there_is(struct kunit *test)
{
	struct dma_heap *heap = region_of(test)->heap;

	KUNIT_EXPECT_EQ(test, PTR_ERR(dma_heap_buffer_alloc(heap, REGION_SIZE + 1, O_RDWR, 0)),
			-ENOMEM);
	KUNIT_EXPECT_EQ(test, PTR_ERR(dma_heap_buffer_alloc(heap, LONG_MAX, O_RDWR, 0)), -ENOMEM);
	KUNIT_EXPECT_EQ(test, PTR_ERR(dma_heap_buffer_alloc(heap, SIZE_MAX, O_RDWR, 0)), -EINVAL);
}

static void carveout_heap_test_refuses_a_name_that_is_taken(struct kunit *test)
{
	struct fake_region *region = region_of(test);

	KUNIT_EXPECT_EQ(test,
			PTR_ERR(carveout_create("kunit-region", page_to_phys(region->pages),
						REGION_SIZE, false, NULL)),
			-EEXIST);
}

static void carveout_heap_test_has_memory_that_the_system_never_has(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, region_of(test)->heap->attrs.memory,
			DMA_HEAP_MEMORY_RESERVED);
}

static struct kunit_case carveout_heap_test_cases[] = {
	KUNIT_CASE(carveout_heap_test_refuses_more_than_there_is),
	KUNIT_CASE(carveout_heap_test_refuses_a_name_that_is_taken),
	KUNIT_CASE(carveout_heap_test_has_memory_that_the_system_never_has),
	{}
};

static struct kunit_suite carveout_heap_test_suite = {
	.name = "carveout_heap_more",
	.init = carveout_heap_test_init,
	.exit = carveout_heap_test_exit,
	.test_cases = carveout_heap_test_cases,
};

static void get_pool_sizes(struct coherent_region *region, struct dma_heap_sizes *sizes)
{
	struct carveout *carveout = dma_heap_get_drvdata(region->heap);

	carveout->allocator->get_sizes(carveout, sizes);
}

static size_t pool_free(struct coherent_region *region)
{
	struct dma_heap_sizes sizes;

	get_pool_sizes(region, &sizes);

	return sizes.free;
}

static void carveout_coherent_test_takes_powers_of_two(struct kunit *test)
{
	struct coherent_region *region = test->priv;
	size_t free = pool_free(region);
	struct dma_buf *dmabuf = dma_heap_buffer_alloc(region->heap, 3 * SZ_64K, O_RDWR, 0);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dmabuf);
	KUNIT_EXPECT_EQ(test, dmabuf->size, 3 * SZ_64K);
	KUNIT_EXPECT_EQ(test, pool_free(region), free - SZ_256K);
	put_buffer(dmabuf);
	KUNIT_EXPECT_EQ(test, pool_free(region), free);
}

static struct kunit_case carveout_coherent_test_cases[] = {
	KUNIT_CASE(carveout_coherent_test_takes_powers_of_two),
	{}
};

static struct kunit_suite carveout_coherent_test_suite = {
	.name = "carveout_coherent_more",
	.init = carveout_coherent_test_init,
	.exit = carveout_coherent_test_exit,
	.test_cases = carveout_coherent_test_cases,
};

kunit_test_suites(&carveout_pool_test_suite, &carveout_heap_test_suite,
		  &carveout_coherent_test_suite);

MODULE_DESCRIPTION("KUnit tests for the heaps over carved-out memory");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("DMA_BUF");
MODULE_IMPORT_NS("DMA_BUF_HEAP");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
