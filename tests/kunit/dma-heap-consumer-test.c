// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for the consumers of DMA-BUF heaps, besides those of the kernel
 */

#include <kunit/device.h>
#include <kunit/dma-heap.h>
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap-consumer.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/file.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "dma-heap-consumer-test.h"

static void a_device_without_the_use_has_its_own_allocator(struct kunit *test)
{
	struct consumer_test *context = context_of(test);
	struct dma_heap_mem mem;

	bind(test, "kunit-first");
	KUNIT_ASSERT_EQ(test,
			dma_heap_mem_alloc(context->dev, "metadata", 0, SIZE, GFP_KERNEL,
					   0, &mem), 0);
	KUNIT_EXPECT_NULL(test, mem.dmabuf);
	free_mem(&mem);

	expect_untouched(test, context->first);
}

static void an_empty_memory_can_be_freed(struct kunit *test)
{
	struct dma_heap_mem mem = { };

	free_mem(&mem);
	expect_empty(test, &mem);
}

static void memory_without_kernel_mapping_has_none(struct kunit *test)
{
	struct consumer_test *context = context_of(test);
	struct dma_heap_mem mem;

	bind(test, "kunit-first");
	KUNIT_ASSERT_EQ(test,
			dma_heap_mem_alloc(context->dev, "reference", 0, SIZE, GFP_KERNEL,
					   DMA_ATTR_NO_KERNEL_MAPPING, &mem), 0);
	KUNIT_EXPECT_TRUE(test, mock_heap_made(context->first, mem.dmabuf));
	KUNIT_EXPECT_EQ(test, context->first->calls[MOCK_MAP], 1);
	KUNIT_EXPECT_EQ(test, context->first->calls[MOCK_VMAP], 0);
	free_mem(&mem);
}

static void the_first_that_serves_is_taken(struct kunit *test)
{
	bind(test, "kunit-second kunit-first");
	expect_alloc_from(test, context_of(test)->second);
	expect_untouched(test, context_of(test)->first);
}

static void what_fails_once_is_tried_again(struct kunit *test)
{
	struct consumer_test *context = context_of(test);

	bind(test, "kunit-first kunit-second");
	context->first->fail[MOCK_ALLOCATE] = -ENOMEM;
	expect_alloc_from(test, context->second);
	context->first->fail[MOCK_ALLOCATE] = 0;
	expect_alloc_from(test, context->first);
}

static void the_last_error_is_returned(struct kunit *test)
{
	struct consumer_test *context = context_of(test);

	bind(test, "kunit-first kunit-second");
	context->first->fail[MOCK_ALLOCATE] = -ENOMEM;
	context->second->fail[MOCK_MAP] = -EIO;
	expect_alloc_fails(test, -EIO);

	/* A heap that is missing was not tried. */
	mock_heap_remove(context->second);
	expect_alloc_fails(test, -ENOMEM);
}

struct killed {
	struct kunit *test;
	struct completion done;
	int ret;
};

static int allocate_killed(void *data)
{
	struct killed *killed = data;
	struct dma_heap_mem mem;

	/* Heaps say -ENOMEM as well when a signal has stopped them. */
	allow_signal(SIGKILL);
	send_sig(SIGKILL, current, 1);
	killed->ret = alloc_mem(killed->test, &mem);
	dma_heap_mem_free(&mem);
	complete(&killed->done);

	return 0;
}

static void a_task_that_is_killed_tries_no_more(struct kunit *test)
{
	struct consumer_test *context = context_of(test);
	struct killed killed = { .test = test };
	struct task_struct *task;

	context->first->fail[MOCK_ALLOCATE] = -ENOMEM;
	bind(test, "kunit-first kunit-second driver");
	init_completion(&killed.done);
	task = kthread_run(allocate_killed, &killed, "kunit-heap-killed");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	wait_for_completion(&killed.done);
	flush_delayed_fput();
	KUNIT_EXPECT_EQ(test, killed.ret, -EINTR);
	expect_untouched(test, context->second);
}

static void nothing_but_missing_heaps_is_an_error(struct kunit *test)
{
	struct consumer_test *context = context_of(test);

	bind(test, "kunit-first kunit-second");
	mock_heap_remove(context->first);
	mock_heap_remove(context->second);
	expect_alloc_fails(test, -ENODEV);
}

static void nothing_but_missing_heaps_is_the_driver_where_allowed(struct kunit *test)
{
	bind(test, "kunit-first driver");
	mock_heap_remove(context_of(test)->first);
	expect_alloc_own(test);
}

static void io_memory_is_refused(struct kunit *test)
{
	struct consumer_test *context = context_of(test);

	context->first->iomem = true;
	bind(test, "kunit-first");
	expect_alloc_fails(test, -EFAULT);
	KUNIT_EXPECT_EQ(test, context->first->calls[MOCK_VUNMAP], 1);

	bind(test, "kunit-first kunit-second");
	expect_alloc_from(test, context->second);
}

static int refuse(struct dma_buf *dmabuf, void *data)
{
	return -EXDEV;
}

static void what_is_not_taken_is_freed(struct kunit *test)
{
	struct consumer_test *context = context_of(test);

	bind(test, "kunit-first kunit-second");
	KUNIT_EXPECT_EQ(test,
			dma_heap_consumer_alloc(context->dev, "reference", context->dev,
						0, SIZE, refuse, NULL), -EXDEV);
	flush_delayed_fput();
	KUNIT_EXPECT_EQ(test, context->first->calls[MOCK_RELEASE], 1);
	KUNIT_EXPECT_EQ(test, context->second->calls[MOCK_RELEASE], 1);

	bind(test, "kunit-first driver");
	KUNIT_EXPECT_EQ(test,
			dma_heap_consumer_alloc(context->dev, "reference", context->dev,
						0, SIZE, refuse, NULL), 1);
}

static void a_size_that_is_none_is_refused(struct kunit *test)
{
	struct consumer_test *context = context_of(test);
	struct dma_heap_mem mem;

	bind(test, "kunit-first");
	KUNIT_EXPECT_EQ(test,
			dma_heap_mem_alloc(context->dev, "reference", 0, 0, GFP_KERNEL, 0,
					   &mem), -EINVAL);
	expect_empty(test, &mem);
}

static void memory_anywhere_is_in_reach_of_all_memory_only(struct kunit *test)
{
	struct device *dev = context_of(test)->dev;

	bind_to(test, &(struct dma_heap_attrs) { });
	dev->coherent_dma_mask = DMA_BIT_MASK(20);
	KUNIT_EXPECT_EQ(test, try_here(test, DMA_HEAP_NEEDS_DMA), -EINVAL);
	dev->coherent_dma_mask = DMA_BIT_MASK(64);
	KUNIT_EXPECT_EQ(test, try_here(test, DMA_HEAP_NEEDS_DMA), 0);
}

static void a_device_that_does_no_dma_reaches_nothing(struct kunit *test)
{
	context_of(test)->dev->dma_mask = NULL;
	bind(test, "kunit-first");
	KUNIT_EXPECT_EQ(test, try_here(test, DMA_HEAP_NEEDS_DMA), -EINVAL);
	KUNIT_EXPECT_EQ(test, try_here(test, DMA_HEAP_NEEDS_CPU), 0);
}

static void it_is_the_device_of_the_dma_that_counts(struct kunit *test)
{
	struct device *dev = context_of(test)->dev;
	struct device *dma_dev = kunit_heap_device(test, "kunit-dma");

	bind(test, "kunit-first");
	dma_dev->coherent_dma_mask = DMA_BIT_MASK(28);
	KUNIT_EXPECT_EQ(test, try_needs(dev, dma_dev, DMA_HEAP_NEEDS_DMA), -EINVAL);
	KUNIT_EXPECT_EQ(test, try_needs(dev, dev, DMA_HEAP_NEEDS_DMA), 0);
}

static void pieces_are_for_those_who_can(struct kunit *test)
{
	bind_to(test, &(struct dma_heap_attrs) { .base = SZ_256M, .size = SZ_16M });
	KUNIT_EXPECT_EQ(test, try_here(test, DMA_HEAP_NEEDS_DMA), 0);
	KUNIT_EXPECT_EQ(test, try_here(test, DMA_HEAP_NEEDS_DMA | DMA_HEAP_NEEDS_CONTIGUOUS),
			-EINVAL);
}

static void protected_memory_is_for_those_who_ask(struct kunit *test)
{
	bind_to(test, &(struct dma_heap_attrs) { .protected = true });
	KUNIT_EXPECT_EQ(test, try_here(test, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, try_here(test, DMA_HEAP_NEEDS_PROTECTED), 0);
	KUNIT_EXPECT_EQ(test, try_here(test, DMA_HEAP_NEEDS_PROTECTED | DMA_HEAP_NEEDS_CPU),
			-EINVAL);
	bind(test, "kunit-first");
	KUNIT_EXPECT_EQ(test, try_here(test, DMA_HEAP_NEEDS_PROTECTED), -EINVAL);
}

static const struct dma_heap_attrs scattered_attrs = {
	.uncached = true,
};

static void an_iommu_that_translates_joins_pieces(struct kunit *test)
{
	struct device *dev = context_of(test)->dev;

	if (!IS_ENABLED(CONFIG_IOMMU_DMA))
		kunit_skip(test, "this kernel has no IOMMU to translate");

	bind_to(test, &scattered_attrs);
	dev->coherent_dma_mask = DMA_BIT_MASK(20);
	dev_set_dma_iommu(dev);
	KUNIT_EXPECT_EQ(test, try_here(test, DMA_HEAP_NEEDS_DMA | DMA_HEAP_NEEDS_CONTIGUOUS), 0);
	dev_clear_dma_iommu(dev);
}

static void memory_of_a_driver_needs_all(struct kunit *test)
{
	static const struct dma_heap_attrs cases[] = {
		{ .uncached = true, .base = SZ_256M, .size = SZ_16M },
		{ .uncached = true, .contiguous = true, .base = SZ_2G, .size = SZ_16M },
	};
	struct mock_heap *mock = mock_heap_create(test, "kunit-special", &good_attrs);
	int i;

	context_of(test)->dev->coherent_dma_mask = DMA_BIT_MASK(31);
	bind(test, "kunit-special");
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		mock_heap_remove(mock);
		mock->attrs = cases[i];
		mock_heap_add(test, mock);
		expect_alloc_fails(test, -EINVAL);
	}
	expect_untouched(test, mock);
}

/* Of two that share a use, the one that needs less is not bound by the other. */
static void only_the_needs_of_the_caller_count(struct kunit *test)
{
	struct device *dev = context_of(test)->dev;

	bind_to(test, &scattered_attrs);
	kunit_heap_add_use(test, dev, "reference", DMA_HEAP_NEEDS_CONTIGUOUS);
	KUNIT_EXPECT_EQ(test, try_here(test, 0), 0);
	KUNIT_EXPECT_EQ(test, try_here(test, DMA_HEAP_NEEDS_CONTIGUOUS), -EINVAL);
}

static void own_memory_outlives_the_binding(struct kunit *test)
{
	struct consumer_test *context = context_of(test);
	struct dma_heap_mem mem;

	KUNIT_ASSERT_EQ(test, alloc_mem(test, &mem), 0);
	bind(test, "kunit-first");
	free_mem(&mem);
	expect_untouched(test, context->first);
}

static void memory_outlives_its_heap(struct kunit *test)
{
	struct consumer_test *context = context_of(test);
	struct dma_heap_mem mem;

	bind(test, "kunit-first");
	KUNIT_ASSERT_EQ(test, alloc_mem(test, &mem), 0);
	mock_heap_remove(context->first);
	memset(mem.vaddr, 0xa5, SIZE);
	free_mem(&mem);
	KUNIT_EXPECT_EQ(test, context->first->calls[MOCK_RELEASE], 1);
}

static void devices_are_bound_each_by_itself(struct kunit *test)
{
	struct consumer_test *context = context_of(test);
	struct device *other = kunit_heap_device(test, "kunit-other");

	kunit_heap_add_use(test, other, "reference", 0);
	bind(test, "kunit-first");
	KUNIT_EXPECT_EQ(test, try_needs(other, other, 0), 1);

	kunit_heap_bind(test, other, "reference", "kunit-second");
	KUNIT_EXPECT_EQ(test, try_needs(other, other, 0), 0);
	KUNIT_EXPECT_EQ(test, context->second->calls[MOCK_ALLOCATE], 1);
	expect_alloc_from(test, context->first);
}

static void uses_are_bound_each_by_itself(struct kunit *test)
{
	struct consumer_test *context = context_of(test);
	struct dma_heap_mem mem;

	kunit_heap_add_use(test, context->dev, "metadata", 0);
	bind(test, "kunit-first");
	kunit_heap_bind(test, context->dev, "metadata", "kunit-second");
	expect_alloc_from(test, context->first);
	KUNIT_ASSERT_EQ(test,
			dma_heap_mem_alloc(context->dev, "metadata", 0, SIZE, GFP_KERNEL,
					   0, &mem), 0);
	KUNIT_EXPECT_TRUE(test, mock_heap_made(context->second, mem.dmabuf));
	free_mem(&mem);
}

static void a_device_that_is_unbound_has_no_uses(struct kunit *test)
{
	const struct dma_heap_query query = { .use = "reference", .tell_default = true };
	struct consumer_test *context = context_of(test);
	struct device *dev = get_device(context->dev);
	struct dma_heap_usable usable;
	struct dma_heap_mem mem;

	bind(test, "kunit-first");
	KUNIT_ASSERT_EQ(test,
			dma_heap_mem_alloc_cpu(dev, "reference", 0, SIZE, GFP_KERNEL,
					       &mem), 0);
	kunit_device_unregister(test, dev);

	KUNIT_EXPECT_EQ(test, try_needs(dev, dev, 0), 1);
	KUNIT_EXPECT_EQ(test, dma_heap_consumer_enum(dev, &query, 0, &usable), -EINVAL);
	KUNIT_EXPECT_TRUE(test, mock_heap_made(context->first, mem.dmabuf));
	free_mem(&mem);
	put_device(dev);
}

#define THREADS 4
#define ROUNDS 200

static int allocate_and_free(void *data)
{
	struct kunit *test = data;
	struct dma_heap_mem mem;
	int i, failed = 0;

	for (i = 0; i < ROUNDS; i++) {
		if (alloc_mem(test, &mem))
			failed++;
		free_mem(&mem);
	}

	/* kthread_stop() wants to find it running. */
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);

	return failed;
}

static void a_use_may_be_bound_while_it_is_used(struct kunit *test)
{
	static const char * const texts[] = {
		"kunit-first", "kunit-second kunit-first", "driver", "kunit-first driver",
	};
	struct task_struct *threads[THREADS];
	int i;

	for (i = 0; i < THREADS; i++) {
		threads[i] = kthread_run(allocate_and_free, test, "kunit-heap/%d", i);
		KUNIT_EXPECT_NOT_ERR_OR_NULL(test, threads[i]);
	}

	for (i = 0; i < ROUNDS; i++) {
		bind(test, texts[i % ARRAY_SIZE(texts)]);
		/* What is left is enough for every binding. */
		mock_heap_remove(context_of(test)->second);
		cond_resched();
		mock_heap_add(test, context_of(test)->second);
	}

	for (i = 0; i < THREADS; i++)
		if (!IS_ERR(threads[i]))
			KUNIT_EXPECT_EQ(test, kthread_stop(threads[i]), 0);
}

static void uses_that_cannot_be_are_refused(struct kunit *test)
{
	static const struct dma_heap_use use = { .name = "0123456789abcdef0123456789abcdef" };
	struct device *dev = context_of(test)->dev;

	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, devm_dma_heap_consumer_add(dev, &use, 1), -EINVAL);
	}
}

static struct kunit_case consumer_test_cases[] = {
	KUNIT_CASE(a_device_without_the_use_has_its_own_allocator),
	KUNIT_CASE(an_empty_memory_can_be_freed),
	KUNIT_CASE(memory_without_kernel_mapping_has_none),
	KUNIT_CASE(the_first_that_serves_is_taken),
	KUNIT_CASE(what_fails_once_is_tried_again),
	KUNIT_CASE(the_last_error_is_returned),
	KUNIT_CASE(a_task_that_is_killed_tries_no_more),
	KUNIT_CASE(nothing_but_missing_heaps_is_an_error),
	KUNIT_CASE(nothing_but_missing_heaps_is_the_driver_where_allowed),
	KUNIT_CASE(io_memory_is_refused),
	KUNIT_CASE(what_is_not_taken_is_freed),
	KUNIT_CASE(a_size_that_is_none_is_refused),
	KUNIT_CASE(memory_anywhere_is_in_reach_of_all_memory_only),
	KUNIT_CASE(a_device_that_does_no_dma_reaches_nothing),
	KUNIT_CASE(it_is_the_device_of_the_dma_that_counts),
	KUNIT_CASE(pieces_are_for_those_who_can),
	KUNIT_CASE(protected_memory_is_for_those_who_ask),
	KUNIT_CASE(an_iommu_that_translates_joins_pieces),
	KUNIT_CASE(memory_of_a_driver_needs_all),
	KUNIT_CASE(only_the_needs_of_the_caller_count),
	KUNIT_CASE(own_memory_outlives_the_binding),
	KUNIT_CASE(memory_outlives_its_heap),
	KUNIT_CASE(devices_are_bound_each_by_itself),
	KUNIT_CASE(uses_are_bound_each_by_itself),
	KUNIT_CASE(a_device_that_is_unbound_has_no_uses),
	KUNIT_CASE_SLOW(a_use_may_be_bound_while_it_is_used),
	KUNIT_CASE(uses_that_cannot_be_are_refused),
	{}
};

static struct kunit_suite consumer_test_suite = {
	.name = "dma_heap_consumer_more",
	.init = consumer_test_init,
	.test_cases = consumer_test_cases,
};

kunit_test_suite(consumer_test_suite);

MODULE_DESCRIPTION("KUnit tests for consumers of DMA-BUF heaps");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("DMA_BUF");
MODULE_IMPORT_NS("DMA_BUF_HEAP");
