// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for dumb buffers from DMA-BUF heaps, besides those of the kernel
 */

#include <kunit/dma-heap.h>
#include <kunit/test.h>
#include <linux/dma-map-ops.h>
#include <linux/err.h>
#include <linux/mman.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include <drm/drm.h>
#include <drm/drm_drv.h>

#include "dma-heap-consumer-sysfs-test.h"
#include "drm_heap_test.h"

static void goes_with_its_file(struct kunit *test)
{
	const struct kind *kind = test->param_value;
	struct heap_test *context = context_of(test);

	start(test, kind->driver);
	bind(test, "kunit-first");
	create_dumb(test);
	create_dumb(test);
	close_card(test, context->file);
	expect_calls(test, context->first, MOCK_RELEASE, 2);
}

static void a_display_has_a_file_for_frames_only(struct kunit *test)
{
	const struct kind *kind = test->param_value;
	struct device *dev = context_of(test)->dev;

	start(test, kind->driver);
	KUNIT_EXPECT_EQ(test, kunit_heap_use_mode(dev, "frame"), 0644);
	KUNIT_EXPECT_EQ(test, kunit_heap_use_mode(dev, "reference"), 0);
	KUNIT_EXPECT_EQ(test, kunit_heap_use_mode(dev, "metadata"), 0);
}

static void binding_anew_is_for_the_next(struct kunit *test)
{
	struct heap_test *context = context_of(test);
	u32 old, new, native;

	start(test, &dma_driver);
	bind(test, "kunit-first");
	old = create_dumb(test);
	bind(test, "kunit-second");
	new = create_dumb(test);
	bind(test, "driver");
	native = create_dumb(test);

	expect_made_by(test, context->first, old);
	expect_made_by(test, context->second, new);
	expect_native(test, native);
	munmap_dumb(test, mmap_dumb(test, context->file, old));
	expect_calls(test, context->first, MOCK_MMAP, 1);
}

static void an_exhausted_heap_leads_to_the_next(struct kunit *test)
{
	struct heap_test *context = context_of(test);

	start(test, &dma_driver);
	bind(test, "kunit-first kunit-second");
	context->first->room = 1;
	expect_made_by(test, context->first, create_dumb(test));
	expect_made_by(test, context->second, create_dumb(test));
}

static void a_heap_that_breaks_its_promise_is_passed_over(struct kunit *test)
{
	struct heap_test *context = context_of(test);
	u32 handle;

	start(test, &dma_driver);
	bind(test, "kunit-first");
	context->first->segments = 2;
	KUNIT_EXPECT_EQ(test, try_dumb(test, context->file, &handle), -EFAULT);
	expect_calls(test, context->first, MOCK_RELEASE, 1);

	bind(test, "kunit-first kunit-second");
	expect_made_by(test, context->second, create_dumb(test));
}

static void expect_binds(struct kunit *test, const char *name, bool binds)
{
	KUNIT_EXPECT_EQ_MSG(test,
			    kunit_heap_use_store(test, context_of(test)->dev, "frame", name),
			    binds ? strlen(name) : -EINVAL, "%s", name);
}

static void binds_to_what_dumb_buffers_can_come_from(struct kunit *test)
{
	const struct kind *kind = test->param_value;
	static const struct dma_heap_attrs attrs[] = {
		{ .uncached = true, .base = SZ_256M, .size = SZ_16M },
		{ .contiguous = true, .base = SZ_256M, .size = SZ_16M },
	};

	mock_heap_create(test, "kunit-pieces", &attrs[0]);
	mock_heap_create(test, "kunit-cached", &attrs[1]);
	create_far_heap(test);
	start(test, kind->driver);

	expect_binds(test, "kunit-pieces", false);
	expect_binds(test, "kunit-far", false);
	expect_binds(test, "kunit-cached", dev_is_dma_coherent(context_of(test)->dev));
	expect_binds(test, "kunit-first", true);
}

static void what_only_the_parent_reaches_is_not_bound(struct kunit *test)
{
	create_far_heap(test);
	create_dma_dev(test, 31);
	context_of(test)->dev->coherent_dma_mask = DMA_BIT_MASK(32);
	start(test, &dma_driver);
	expect_binds(test, "kunit-far", false);
}

static void maps_no_more_than_the_buffer(struct kunit *test)
{
	struct heap_test *context = context_of(test);
	unsigned long address;
	u64 offset;

	start(test, &dma_driver);
	bind(test, "kunit-first");
	KUNIT_ASSERT_EQ(test, map_dumb(test, context->file, create_dumb(test), &offset), 0);
	address = kunit_vm_mmap(test, context->file, 0, SIZE + PAGE_SIZE, PROT_READ, MAP_SHARED,
				offset);
	KUNIT_EXPECT_TRUE(test, !address || IS_ERR_VALUE(address));
	expect_calls(test, context->first, MOCK_MMAP, 0);
}

static void a_mapping_that_fails_leaves_nothing(struct kunit *test)
{
	struct heap_test *context = context_of(test);
	unsigned long address;
	u32 handle;
	u64 offset;

	start(test, &dma_driver);
	bind(test, "kunit-first");
	handle = create_dumb(test);
	KUNIT_ASSERT_EQ(test, map_dumb(test, context->file, handle, &offset), 0);
	context->first->fail[MOCK_MMAP] = -EIO;
	address = kunit_vm_mmap(test, context->file, 0, SIZE, PROT_READ, MAP_SHARED, offset);
	KUNIT_EXPECT_TRUE(test, !address || IS_ERR_VALUE(address));
	destroy_dumb(test, handle);
	expect_calls(test, context->first, MOCK_RELEASE, 1);
}

static void a_name_leads_to_the_same_object(struct kunit *test)
{
	struct heap_test *context = context_of(test);
	struct drm_gem_flink flink = { };
	struct drm_gem_open open = { };
	u32 handle;

	start(test, &dma_driver);
	bind(test, "kunit-first");
	handle = create_dumb(test);
	flink.handle = handle;
	KUNIT_ASSERT_EQ(test, call(test, context->file, DRM_IOCTL_GEM_FLINK, &flink), 0);
	open.name = flink.name;
	KUNIT_ASSERT_EQ(test, call(test, context->file, DRM_IOCTL_GEM_OPEN, &open), 0);
	KUNIT_EXPECT_PTR_EQ(test, object_of(test, context->file, open.handle),
			    object_of(test, context->file, handle));

	destroy_dumb(test, handle);
	munmap_dumb(test, mmap_dumb(test, context->file, open.handle));
	expect_calls(test, context->first, MOCK_RELEASE, 0);
	destroy_dumb(test, open.handle);
	expect_calls(test, context->first, MOCK_RELEASE, 1);
}

static struct kunit_case heap_test_cases[] = {
	KUNIT_CASE_PARAM(goes_with_its_file, dma_kind_gen_params),
	KUNIT_CASE_PARAM(a_display_has_a_file_for_frames_only, dma_kind_gen_params),
	KUNIT_CASE(binding_anew_is_for_the_next),
	KUNIT_CASE(an_exhausted_heap_leads_to_the_next),
	KUNIT_CASE(a_heap_that_breaks_its_promise_is_passed_over),
	KUNIT_CASE_PARAM(binds_to_what_dumb_buffers_can_come_from, dma_kind_gen_params),
	KUNIT_CASE(what_only_the_parent_reaches_is_not_bound),
	KUNIT_CASE(maps_no_more_than_the_buffer),
	KUNIT_CASE(a_mapping_that_fails_leaves_nothing),
	KUNIT_CASE(a_name_leads_to_the_same_object),
	{}
};

static struct kunit_suite heap_test_suite = {
	.name = "drm_dumb_heap",
	.init = heap_test_init,
	.test_cases = heap_test_cases,
};

kunit_test_suite(heap_test_suite);

MODULE_DESCRIPTION("KUnit tests for dumb buffers from DMA-BUF heaps");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("DMA_BUF");
MODULE_IMPORT_NS("DMA_BUF_HEAP");
