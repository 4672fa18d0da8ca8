// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of what a DMA-BUF heap may be called, and of how many there can be
 */

#include <kunit/test.h>
#include <linux/dma-heap.h>
#include <linux/err.h>
#include <linux/string.h>

#include "dma-heap-private.h"

static struct dma_buf *allocate_nothing(struct dma_heap *heap, unsigned long len,
					u32 fd_flags, u64 heap_flags)
{
	return ERR_PTR(-EOPNOTSUPP);
}

static const struct dma_heap_ops no_buffers_ops = {
	.allocate = allocate_nothing,
};

static struct dma_heap *add_heap(const char *name)
{
	struct dma_heap_export_info exp_info = {
		.name = name,
		.ops = &no_buffers_ops,
	};

	return dma_heap_add(&exp_info);
}

static int dma_heap_names_init(struct kunit *test)
{
	struct dma_heap *heap = add_heap("kunit-names");

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, heap);
	test->priv = heap;

	return 0;
}

static void dma_heap_names_exit(struct kunit *test)
{
	if (!IS_ERR_OR_NULL(test->priv))
		dma_heap_remove(test->priv);
}

static void dma_heap_names_refuses_a_missing_name(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, PTR_ERR(add_heap(NULL)), -EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR(add_heap("")), -EINVAL);
}

static void dma_heap_names_bounds_the_length_of_a_name(struct kunit *test)
{
	char name[DMA_HEAP_NAME_LEN + 1] = "";
	struct dma_heap *heap;

	memset(name, 'x', DMA_HEAP_NAME_LEN);
	KUNIT_EXPECT_EQ(test, PTR_ERR(add_heap(name)), -ENAMETOOLONG);

	name[DMA_HEAP_NAME_LEN - 1] = '\0';
	heap = add_heap(name);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, heap);
	KUNIT_EXPECT_STREQ(test, dma_heap_get_name(heap), name);
	dma_heap_remove(heap);
}

static void dma_heap_names_keeps_its_own_copy_of_the_name(struct kunit *test)
{
	char name[] = "kunit-copied";
	struct dma_heap *heap;

	heap = add_heap(name);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, heap);
	memset(name, '-', sizeof(name) - 1);
	KUNIT_EXPECT_STREQ(test, dma_heap_get_name(heap), "kunit-copied");
	dma_heap_remove(heap);
}

static void dma_heap_names_a_name_is_no_format(struct kunit *test)
{
	struct dma_heap *heap = add_heap("kunit-%s%n");

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, heap);
	KUNIT_EXPECT_STREQ(test, dev_name(&heap->dev), "kunit-%s%n");
	dma_heap_remove(heap);
}

static void dma_heap_names_refuses_missing_operations(struct kunit *test)
{
	static const struct dma_heap_ops no_ops;
	struct dma_heap_export_info exp_info = { .name = "kunit-no-ops" };

	KUNIT_EXPECT_EQ(test, PTR_ERR(dma_heap_add(&exp_info)), -EINVAL);
	exp_info.ops = &no_ops;
	KUNIT_EXPECT_EQ(test, PTR_ERR(dma_heap_add(&exp_info)), -EINVAL);
}

static void dma_heap_names_bounds_the_number_of_heaps(struct kunit *test)
{
	enum { MORE_THAN_ENOUGH = 256 };
	struct dma_heap **heaps;
	char name[32];
	int i, n;

	heaps = kunit_kcalloc(test, MORE_THAN_ENOUGH, sizeof(*heaps), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, heaps);

	for (n = 0; n < MORE_THAN_ENOUGH; n++) {
		snprintf(name, sizeof(name), "kunit-%d", n);
		heaps[n] = add_heap(name);
		if (IS_ERR(heaps[n]))
			break;
	}

	KUNIT_EXPECT_LT(test, n, MORE_THAN_ENOUGH);
	if (n < MORE_THAN_ENOUGH)
		KUNIT_EXPECT_EQ(test, PTR_ERR(heaps[n]), -EBUSY);

	for (i = 0; i < n; i++)
		dma_heap_remove(heaps[i]);
}

static struct kunit_case dma_heap_names_cases[] = {
	KUNIT_CASE(dma_heap_names_refuses_a_missing_name),
	KUNIT_CASE(dma_heap_names_bounds_the_length_of_a_name),
	KUNIT_CASE(dma_heap_names_keeps_its_own_copy_of_the_name),
	KUNIT_CASE(dma_heap_names_a_name_is_no_format),
	KUNIT_CASE(dma_heap_names_refuses_missing_operations),
	KUNIT_CASE(dma_heap_names_bounds_the_number_of_heaps),
	{}
};

static struct kunit_suite dma_heap_names_suite = {
	.name = "dma_heap_names",
	.init = dma_heap_names_init,
	.exit = dma_heap_names_exit,
	.test_cases = dma_heap_names_cases,
};

kunit_test_suite(dma_heap_names_suite);

MODULE_DESCRIPTION("KUnit tests of the names of DMA-BUF heaps");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("DMA_BUF_HEAP");
