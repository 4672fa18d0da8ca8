// SPDX-License-Identifier: GPL-2.0
/*
 * A KUnit test of who pays for a buffer, whose result the cgroup of the task
 * that loads it has: the tests themselves run in a kernel thread
 */

#include <kunit/test.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/sizes.h>

#include "dma-heap-private.h"

/* A kernel thread's files are freed a little later than their last reference. */
static void put_buffer(struct dma_buf *dmabuf)
{
	dma_buf_put(dmabuf);
	flush_delayed_fput();
}

static struct dma_heap_payer *loader;

static int dma_heap_payer_suite_init(struct kunit_suite *suite)
{
	loader = dma_heap_payer_get();

	return loader ? 0 : -ENOMEM;
}

static void dma_heap_payer_suite_exit(struct kunit_suite *suite)
{
	dma_heap_payer_put(loader);
}

/*
 * Who loads the tests in a cgroup of its own sees in dmem.peak that it paid for
 * one buffer of the first heap over reserved memory, and not for the other.
 */
static bool takes_reserved_memory(struct dma_heap *heap, void *data)
{
	struct dma_heap **found = data;

	if (dma_heap_get_accounting(heap) != DMA_HEAP_ACCOUNTING_DMEM)
		return false;

	get_device(&heap->dev);
	*found = heap;

	return true;
}

static void dma_heap_payer_a_payer_is_charged_for_a_buffer(struct kunit *test)
{
	struct dma_heap_pay_scope scope;
	struct dma_buf *own, *theirs;
	struct dma_heap *heap;

	if (!dma_heap_any(takes_reserved_memory, &heap))
		kunit_skip(test, "there is no heap over reserved memory");

	own = dma_heap_buffer_alloc(heap, SZ_64K, O_RDWR, 0);
	dma_heap_pay_begin(&scope, loader);
	theirs = dma_heap_buffer_alloc(heap, SZ_128K, O_RDWR, 0);
	dma_heap_pay_end(&scope);
	kunit_info(test, "charged %s", dma_heap_get_cgroup_region(heap));

	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, own);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, theirs);
	if (!IS_ERR(own))
		put_buffer(own);
	if (!IS_ERR(theirs))
		put_buffer(theirs);
	dma_heap_put(heap);
}

static struct kunit_case dma_heap_payer_cases[] = {
	KUNIT_CASE(dma_heap_payer_a_payer_is_charged_for_a_buffer),
	{}
};

static struct kunit_suite dma_heap_payer_suite = {
	.name = "dma_heap_payer",
	.suite_init = dma_heap_payer_suite_init,
	.suite_exit = dma_heap_payer_suite_exit,
	.test_cases = dma_heap_payer_cases,
};

kunit_test_suite(dma_heap_payer_suite);

MODULE_DESCRIPTION("KUnit test of who pays for a buffer of a DMA-BUF heap");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("DMA_BUF");
MODULE_IMPORT_NS("DMA_BUF_HEAP");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
