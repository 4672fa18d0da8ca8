// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for queues of Videobuf2 whose buffers come from DMA-BUF heaps,
 * besides those of the kernel
 */

#include <kunit/dma-heap.h>
#include <kunit/test.h>
#include <linux/cleanup.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap-consumer.h>
#include <linux/dma-mapping.h>
#include <linux/mutex.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/videodev2.h>
#include <media/videobuf2-dma-contig.h>
#include <media/videobuf2-dma-sg.h>
#include <media/videobuf2-v4l2.h>
#include <media/videobuf2-vmalloc.h>

#include "dma-heap-private.h"
#include "videobuf2-heap-test.h"

/* Which heap serves */

static void too_few_buffers_are_none(struct kunit *test)
{
	struct mock_heap *first = context_of(test)->first;

	context_of(test)->q.min_reqbufs_allocation = BUFFERS;
	init_queue(test, &vb2_dma_contig_memops, false);
	bind(test, "kunit-first");
	first->room = 2;
	KUNIT_EXPECT_EQ(test, request(test, BUFFERS), -ENOMEM);
	expect_calls(test, first, MOCK_RELEASE, 2);
}

static void an_exhausted_heap_leads_to_the_next(struct kunit *test)
{
	struct queue_test *context = context_of(test);

	init_queue(test, &vb2_dma_contig_memops, false);
	bind(test, "kunit-first kunit-second");
	context->first->room = 2;
	KUNIT_ASSERT_EQ(test, request(test, BUFFERS), BUFFERS);
	KUNIT_EXPECT_TRUE(test, mock_heap_made(context->first, plane(test, 1, 0)));
	KUNIT_EXPECT_TRUE(test, mock_heap_made(context->second, plane(test, 2, 0)));
	run_once(test, BUFFERS);
	expect_turns(test, context->first, 2, 2);
	expect_turns(test, context->second, 1, 1);
}

static void an_exhausted_heap_leads_to_the_driver_where_allowed(struct kunit *test)
{
	struct queue_test *context = context_of(test);

	init_queue(test, &vb2_dma_contig_memops, false);
	bind(test, "kunit-first driver");
	context->first->room = 2;
	KUNIT_ASSERT_EQ(test, request(test, BUFFERS), BUFFERS);
	KUNIT_EXPECT_TRUE(test, mock_heap_made(context->first, plane(test, 1, 0)));
	KUNIT_EXPECT_NULL(test, plane(test, 2, 0));
	KUNIT_EXPECT_NOT_NULL(test, vb2_plane_vaddr(buffer(test, 2), 0));
	run_once(test, BUFFERS);
	expect_turns(test, context->first, 2, 2);
}

static void a_failure_of_the_only_heap_is_returned(struct kunit *test)
{
	const struct failure *failure = test->param_value;
	struct queue_test *context = context_of(test);

	init_queue(test, failure->mem_ops, false);
	bind(test, "kunit-first");
	context->first->fail[failure->call] = -EIO;
	KUNIT_EXPECT_EQ(test, request(test, BUFFERS), -ENOMEM);
	expect_untouched(test, context->second);

	context->first->fail[failure->call] = 0;
	KUNIT_EXPECT_EQ(test, request(test, BUFFERS), BUFFERS);
	run_once(test, BUFFERS);
}

static void a_missing_heap_is_passed_over(struct kunit *test)
{
	struct queue_test *context = context_of(test);

	init_queue(test, &vb2_vmalloc_memops, false);
	bind(test, "kunit-first kunit-second");
	mock_heap_remove(context->first);
	KUNIT_ASSERT_EQ(test, request(test, BUFFERS), BUFFERS);
	KUNIT_EXPECT_TRUE(test, mock_heap_made(context->second, plane(test, 0, 0)));

	mock_heap_remove(context->second);
	run_once(test, BUFFERS);
	KUNIT_EXPECT_EQ(test, request(test, BUFFERS), -ENOMEM);
}

static void pieces_are_refused_whatever_the_heap_promised(struct kunit *test)
{
	struct queue_test *context = context_of(test);

	context->first->segments = 2;
	init_queue(test, &vb2_dma_contig_memops, false);
	bind(test, "kunit-first kunit-second");
	KUNIT_ASSERT_EQ(test, request(test, 1), 1);
	KUNIT_EXPECT_TRUE(test, mock_heap_made(context->second, plane(test, 0, 0)));
	expect_calls(test, context->first, MOCK_UNMAP, 1);
	expect_calls(test, context->first, MOCK_DETACH, 1);
}

static void pieces_are_for_those_who_can(struct kunit *test)
{
	static const struct dma_heap_attrs attrs = { .base = SZ_256M, .size = SZ_16M };
	struct mock_heap *mock = mock_heap_create(test, "kunit-pieces", &attrs);
	struct sg_table *table;

	mock->segments = 4;
	init_queue(test, &vb2_dma_sg_memops, false);
	bind(test, "kunit-pieces");
	KUNIT_ASSERT_EQ(test, request(test, 1), 1);
	table = vb2_dma_sg_plane_desc(buffer(test, 0), 0);
	KUNIT_ASSERT_NOT_NULL(test, table);
	KUNIT_EXPECT_EQ(test, table->nents, 4);
	KUNIT_EXPECT_EQ(test, sg_dma_address(table->sgl), mock_heap_dma_addr(plane(test, 0, 0)));
}

static void contiguous_memory_is_found_by_both(struct kunit *test)
{
	struct mock_heap *first = context_of(test)->first;
	void *vaddr;

	init_queue(test, &vb2_dma_contig_memops, false);
	bind(test, "kunit-first");
	KUNIT_ASSERT_EQ(test, request(test, 1), 1);
	KUNIT_EXPECT_EQ(test, vb2_dma_contig_plane_dma_addr(buffer(test, 0), 0),
			mock_heap_dma_addr(plane(test, 0, 0)));
	vaddr = vb2_plane_vaddr(buffer(test, 0), 0);
	KUNIT_ASSERT_NOT_NULL(test, vaddr);
	KUNIT_EXPECT_NULL(test, memchr_inv(vaddr, 0, SIZE));
	memset(vaddr, 0xa5, SIZE);
	KUNIT_EXPECT_PTR_EQ(test, vb2_plane_vaddr(buffer(test, 0), 0), vaddr);
	expect_calls(test, first, MOCK_VMAP, 1);
}

static void pieces_are_mapped_for_the_cpu_when_asked(struct kunit *test)
{
	struct mock_heap *first = context_of(test)->first;

	init_queue(test, &vb2_dma_sg_memops, false);
	bind(test, "kunit-first");
	KUNIT_ASSERT_EQ(test, request(test, 1), 1);
	expect_calls(test, first, MOCK_VMAP, 0);
	KUNIT_EXPECT_NOT_NULL(test, vb2_plane_vaddr(buffer(test, 0), 0));
	KUNIT_EXPECT_NOT_NULL(test, vb2_plane_vaddr(buffer(test, 0), 0));
	expect_calls(test, first, MOCK_VMAP, 1);
}

static void nobody_maps_what_the_driver_does_not_want_mapped(struct kunit *test)
{
	struct queue_test *context = context_of(test);

	context->q.dma_attrs = DMA_ATTR_NO_KERNEL_MAPPING;
	init_queue(test, &vb2_dma_contig_memops, false);
	bind(test, "kunit-first");
	KUNIT_ASSERT_EQ(test, request(test, BUFFERS), BUFFERS);
	run_once(test, BUFFERS);
	expect_calls(test, context->first, MOCK_VMAP, 0);
}

static void protected_content_needs_a_queue_that_takes_heaps(struct kunit *test)
{
	init_queue_with_modes(test, &vb2_vmalloc_memops, false, VB2_MMAP);
	context_of(test)->needs = DMA_HEAP_NEEDS_PROTECTED;
	KUNIT_EXPECT_EQ(test, request(test, 1), -ENOMEM);
}

static void expect_cached_serves(struct kunit *test, const struct vb2_mem_ops *mem_ops)
{
	struct mock_heap *cached = mock_heap_create(test, "kunit-cached", &cached_attrs);

	init_queue(test, mem_ops, false);
	bind(test, "kunit-cached");
	KUNIT_ASSERT_EQ(test, request(test, 1), 1);
	KUNIT_EXPECT_TRUE(test, mock_heap_made(cached, plane(test, 0, 0)));
}

static void cached_memory_is_for_drivers_that_know_of_it(struct kunit *test)
{
	context_of(test)->q.allow_cache_hints = 1;
	expect_cached_serves(test, &vb2_dma_contig_memops);
}

static void cached_memory_is_for_drivers_that_do_not_map_it(struct kunit *test)
{
	context_of(test)->q.dma_attrs = DMA_ATTR_NO_KERNEL_MAPPING;
	expect_cached_serves(test, &vb2_dma_contig_memops);
}

static void cached_memory_is_for_drivers_that_sync_anyway(struct kunit *test)
{
	expect_cached_serves(test, &vb2_dma_sg_memops);
}

/* Uses */

static void a_queue_has_a_use_for_frames_only(struct kunit *test)
{
	init_queue(test, &vb2_vmalloc_memops, false);
	KUNIT_EXPECT_TRUE(test, has_use(test, "frame"));
	KUNIT_EXPECT_FALSE(test, has_use(test, "bitstream"));
	KUNIT_EXPECT_FALSE(test, has_use(test, "reference"));
}

static void a_queue_whose_driver_adds_the_use_adds_none(struct kunit *test)
{
	context_of(test)->q.heap_use_added = 1;
	init_queue(test, &vb2_vmalloc_memops, false);
	KUNIT_EXPECT_FALSE(test, has_use(test, "frame"));
}

/* A decoder's coded data is in another heap than its pictures. */
static void queues_of_a_device_have_uses_of_their_own(struct kunit *test)
{
	static const struct dma_heap_use frame = { .name = "frame" };
	struct queue_test *context = context_of(test);
	struct v4l2_heap heap = { };

	KUNIT_ASSERT_EQ(test, devm_dma_heap_consumer_add(context->dev, &frame, 1), 0);
	context->q.heap_use = "bitstream";
	init_queue(test, &vb2_dma_contig_memops, true);
	bind(test, "kunit-first");
	kunit_heap_bind(test, context->dev, "bitstream", "kunit-second");
	KUNIT_ASSERT_EQ(test, request(test, 1), 1);
	KUNIT_EXPECT_TRUE(test, mock_heap_made(context->second, plane(test, 0, 0)));
	expect_untouched(test, context->first);

	heap.type = context->q.type;
	KUNIT_ASSERT_EQ(test, vb2_enum_heaps(&context->q, &heap), 0);
	KUNIT_EXPECT_STREQ(test, (char *)heap.use, "bitstream");
	KUNIT_EXPECT_STREQ(test, (char *)heap.name, "kunit-second");
}

/* Several planes */

static void planes_may_be_from_different_heaps(struct kunit *test)
{
	struct queue_test *context = context_of(test);

	context->planes = 2;
	init_queue(test, &vb2_dma_contig_memops, false);
	bind(test, "kunit-first kunit-second");
	context->first->room = 1;
	KUNIT_ASSERT_EQ(test, request(test, 1), 1);
	KUNIT_EXPECT_TRUE(test, mock_heap_made(context->first, plane(test, 0, 0)));
	KUNIT_EXPECT_TRUE(test, mock_heap_made(context->second, plane(test, 0, 1)));
	run_once(test, 1);
	expect_turns(test, context->first, 1, 1);
	expect_turns(test, context->second, 1, 1);
}

static void a_plane_too_many_frees_the_others(struct kunit *test)
{
	struct queue_test *context = context_of(test);

	context->planes = 2;
	init_queue(test, &vb2_dma_contig_memops, false);
	bind(test, "kunit-first");
	context->first->room = 3;
	KUNIT_EXPECT_EQ(test, request(test, BUFFERS), 1);
	expect_calls(test, context->first, MOCK_ALLOCATE, 3);
	expect_calls(test, context->first, MOCK_RELEASE, 1);
}

static void it_is_the_device_of_the_plane_that_counts(struct kunit *test)
{
	struct queue_test *context = context_of(test);
	struct device *narrow = kunit_heap_device(test, "kunit-narrow");
	struct dma_heap_attrs low_attrs = good_attrs;
	struct mock_heap *low;

	narrow->coherent_dma_mask = DMA_BIT_MASK(28);
	low_attrs.base = SZ_128M;
	low = mock_heap_create(test, "kunit-low", &low_attrs);

	context->planes = 2;
	context->alloc_devs[1] = narrow;
	init_queue(test, &vb2_dma_contig_memops, false);
	bind(test, "kunit-first kunit-low");
	KUNIT_ASSERT_EQ(test, request(test, 1), 1);
	KUNIT_EXPECT_TRUE(test, mock_heap_made(context->first, plane(test, 0, 0)));
	KUNIT_EXPECT_TRUE(test, mock_heap_made(low, plane(test, 0, 1)));

	/* What is told serves every plane. */
	KUNIT_EXPECT_EQ(test, flags_of_heap(test, "kunit-first"), -ENOENT);
	KUNIT_EXPECT_EQ(test, flags_of_heap(test, "kunit-low"),
			V4L2_HEAP_FL_BOUND | V4L2_HEAP_FL_IN_USE);
	KUNIT_EXPECT_EQ(test, request(test, 0), 0);
}

static void heaps_are_told_for_the_devices_of_the_planes_before_there_are_any(struct kunit *test)
{
	struct queue_test *context = context_of(test);
	struct device *narrow = kunit_heap_device(test, "kunit-narrow");

	narrow->coherent_dma_mask = DMA_BIT_MASK(28);
	init_queue(test, &vb2_dma_contig_memops, false);
	KUNIT_EXPECT_EQ(test, flags_of_heap(test, "kunit-first"), 0);
	context->q.alloc_devs[0] = narrow;
	KUNIT_EXPECT_EQ(test, flags_of_heap(test, "kunit-first"), -ENOENT);
}

/* Buffers that come and go */

static int remove(struct kunit *test, unsigned int index)
{
	struct queue_test *context = context_of(test);
	int ret;

	guard(mutex)(&context->lock);
	ret = vb2_core_remove_bufs(&context->q, index, 1);
	flush_delayed_fput();

	return ret;
}

static void new_buffers_come_from_what_is_bound_by_then(struct kunit *test)
{
	struct queue_test *context = context_of(test);

	init_queue(test, &vb2_dma_contig_memops, false);
	bind(test, "kunit-first");
	KUNIT_ASSERT_EQ(test, request(test, 2), 2);
	bind(test, "kunit-second");
	KUNIT_ASSERT_EQ(test, create(test, 1), 1);
	bind(test, "driver");
	KUNIT_ASSERT_EQ(test, create(test, 1), 1);

	KUNIT_EXPECT_TRUE(test, mock_heap_made(context->first, plane(test, 1, 0)));
	KUNIT_EXPECT_TRUE(test, mock_heap_made(context->second, plane(test, 2, 0)));
	KUNIT_EXPECT_NULL(test, plane(test, 3, 0));
	run_once(test, 4);
	expect_turns(test, context->first, 2, 2);
	expect_turns(test, context->second, 1, 1);

	context->first->room = 0;
	bind(test, "kunit-first");
	KUNIT_EXPECT_EQ(test, create(test, 1), -ENOMEM);
}

static void a_buffer_that_is_removed_is_freed(struct kunit *test)
{
	struct mock_heap *first = context_of(test)->first;

	init_queue(test, &vb2_dma_contig_memops, false);
	bind(test, "kunit-first");
	KUNIT_ASSERT_EQ(test, request(test, BUFFERS), BUFFERS);
	KUNIT_ASSERT_EQ(test, qbuf(test, 0), 0);
	KUNIT_EXPECT_EQ(test, remove(test, 0), -EBUSY);
	KUNIT_EXPECT_EQ(test, remove(test, 1), 0);
	expect_calls(test, first, MOCK_RELEASE, 1);
	KUNIT_EXPECT_EQ(test, create(test, 1), 1);
	expect_calls(test, first, MOCK_ALLOCATE, BUFFERS + 1);
}

/* Enumerating */

static void enumerates_for_its_own_type_only(struct kunit *test)
{
	struct queue_test *context = context_of(test);
	struct v4l2_heap heap = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };

	init_queue(test, &vb2_dma_contig_memops, false);
	KUNIT_EXPECT_EQ(test, vb2_enum_heaps(&context->q, &heap), -EINVAL);
	heap.type = V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE;
	KUNIT_EXPECT_EQ(test, vb2_enum_heaps(&context->q, &heap), -EINVAL);
	heap.type = 0;
	KUNIT_EXPECT_EQ(test, vb2_enum_heaps(&context->q, &heap), -EINVAL);
	heap.type = V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE;
	KUNIT_EXPECT_EQ(test, vb2_enum_heaps(&context->q, &heap), 0);
	KUNIT_EXPECT_STREQ(test, (char *)heap.use, "frame");
}

static void tells_the_bound_first_and_the_default_last(struct kunit *test)
{
	static const char * const bound[] = { "kunit-second", "kunit-first" };
	struct queue_test *context = context_of(test);
	struct v4l2_heap heap = { };
	unsigned int i, found = 0;

	init_queue(test, &vb2_dma_contig_memops, true);
	bind(test, "kunit-second kunit-first");
	for (i = 0; ; i++) {
		memset(&heap, 0xa5, sizeof(heap));
		heap.index = i;
		heap.type = context->q.type;
		if (vb2_enum_heaps(&context->q, &heap))
			break;
		if (i < 2) {
			KUNIT_EXPECT_STREQ(test, (char *)heap.name, bound[i]);
			KUNIT_EXPECT_EQ(test, heap.flags, V4L2_HEAP_FL_BOUND);
		} else {
			KUNIT_EXPECT_FALSE(test, heap.flags & V4L2_HEAP_FL_BOUND);
		}
		KUNIT_EXPECT_EQ(test, heap.index, i);
		KUNIT_EXPECT_EQ(test, heap.name[sizeof(heap.name) - 1], 0);
		KUNIT_EXPECT_EQ(test, heap.use[sizeof(heap.use) - 1], 0);
		found += !!(heap.flags & V4L2_HEAP_FL_DEFAULT);
	}
	KUNIT_EXPECT_EQ(test, found, 1);
	heap.index = i - 1;
	KUNIT_ASSERT_EQ(test, vb2_enum_heaps(&context->q, &heap), 0);
	KUNIT_EXPECT_EQ(test, heap.flags, V4L2_HEAP_FL_DEFAULT);
	KUNIT_EXPECT_EQ(test, heap.accounting, 0);
}

static void tells_what_serves_as_it_is_configured(struct kunit *test)
{
	struct queue_test *context = context_of(test);

	mock_heap_create(test, "kunit-protected", &protected_attrs);
	init_queue(test, &vb2_dma_contig_memops, false);
	bind(test, "kunit-first kunit-protected");
	KUNIT_EXPECT_EQ(test, flags_of_heap(test, "kunit-first"), V4L2_HEAP_FL_BOUND);
	KUNIT_EXPECT_EQ(test, flags_of_heap(test, "kunit-protected"), -ENOENT);

	context->needs = DMA_HEAP_NEEDS_PROTECTED;
	KUNIT_EXPECT_EQ(test, flags_of_heap(test, "kunit-first"), -ENOENT);
	KUNIT_EXPECT_EQ(test, flags_of_heap(test, "kunit-protected"), V4L2_HEAP_FL_BOUND);
	KUNIT_EXPECT_EQ(test, flags_of_default(test), -ENOENT);
}

static void tells_hidden_uses_one_after_the_other(struct kunit *test)
{
	static const struct dma_heap_use hidden[] = {
		{ .name = "reference", .needs = DMA_HEAP_NEEDS_DMA, .hidden = true },
		{ .name = "motion", .hidden = true, .part_of = "frame" },
	};
	struct device *dev = context_of(test)->dev;
	struct v4l2_heap heap = { }, last = { };

	mock_heap_create(test, "kunit-protected", &protected_attrs);
	init_queue(test, &vb2_dma_contig_memops, false);
	KUNIT_EXPECT_EQ(test, vb2_enum_hidden_heaps(dev, 0, &heap), -EINVAL);
	KUNIT_ASSERT_EQ(test, devm_dma_heap_consumer_add(dev, hidden, ARRAY_SIZE(hidden)), 0);
	kunit_heap_bind(test, dev, "reference", "kunit-second kunit-protected");

	KUNIT_ASSERT_EQ(test, vb2_enum_hidden_heaps(dev, 0, &heap), 0);
	KUNIT_EXPECT_STREQ(test, (char *)heap.use, "reference");
	KUNIT_EXPECT_STREQ(test, (char *)heap.name, "kunit-second");
	KUNIT_EXPECT_EQ(test, heap.flags, V4L2_HEAP_FL_BOUND);
	for (; !vb2_enum_hidden_heaps(dev, 0, &heap); heap.index++)
		last = heap;
	KUNIT_EXPECT_STREQ(test, (char *)last.use, "motion");
	KUNIT_EXPECT_STREQ(test, (char *)last.name, "frame");
	KUNIT_EXPECT_EQ(test, last.flags, V4L2_HEAP_FL_PART);

	/* Reference pictures of protected content are protected, too. */
	heap.index = 0;
	KUNIT_ASSERT_EQ(test, vb2_enum_hidden_heaps(dev, DMA_HEAP_NEEDS_PROTECTED, &heap), 0);
	KUNIT_EXPECT_STREQ(test, (char *)heap.name, "kunit-protected");
	heap.type = V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE;
	KUNIT_EXPECT_EQ(test, vb2_enum_hidden_heaps(dev, 0, &heap), -EINVAL);
}

static struct kunit_case queue_test_cases[] = {
	KUNIT_CASE(too_few_buffers_are_none),
	KUNIT_CASE(an_exhausted_heap_leads_to_the_next),
	KUNIT_CASE(an_exhausted_heap_leads_to_the_driver_where_allowed),
	KUNIT_CASE_PARAM(a_failure_of_the_only_heap_is_returned, failure_gen_params),
	KUNIT_CASE(a_missing_heap_is_passed_over),
	KUNIT_CASE(pieces_are_refused_whatever_the_heap_promised),
	KUNIT_CASE(pieces_are_for_those_who_can),
	KUNIT_CASE(contiguous_memory_is_found_by_both),
	KUNIT_CASE(pieces_are_mapped_for_the_cpu_when_asked),
	KUNIT_CASE(nobody_maps_what_the_driver_does_not_want_mapped),
	KUNIT_CASE(protected_content_needs_a_queue_that_takes_heaps),
	KUNIT_CASE(cached_memory_is_for_drivers_that_know_of_it),
	KUNIT_CASE(cached_memory_is_for_drivers_that_do_not_map_it),
	KUNIT_CASE(cached_memory_is_for_drivers_that_sync_anyway),
	KUNIT_CASE(a_queue_has_a_use_for_frames_only),
	KUNIT_CASE(a_queue_whose_driver_adds_the_use_adds_none),
	KUNIT_CASE(queues_of_a_device_have_uses_of_their_own),
	KUNIT_CASE(planes_may_be_from_different_heaps),
	KUNIT_CASE(a_plane_too_many_frees_the_others),
	KUNIT_CASE(it_is_the_device_of_the_plane_that_counts),
	KUNIT_CASE(heaps_are_told_for_the_devices_of_the_planes_before_there_are_any),
	KUNIT_CASE(new_buffers_come_from_what_is_bound_by_then),
	KUNIT_CASE(a_buffer_that_is_removed_is_freed),
	KUNIT_CASE(enumerates_for_its_own_type_only),
	KUNIT_CASE(tells_the_bound_first_and_the_default_last),
	KUNIT_CASE(tells_what_serves_as_it_is_configured),
	KUNIT_CASE(tells_hidden_uses_one_after_the_other),
	{}
};

static struct kunit_suite queue_test_suite = {
	.name = "videobuf2_heap_more",
	.init = queue_test_init,
	.exit = queue_test_exit,
	.test_cases = queue_test_cases,
};

kunit_test_suite(queue_test_suite);

MODULE_DESCRIPTION("KUnit tests for Videobuf2 on DMA-BUF heaps");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("DMA_BUF");
MODULE_IMPORT_NS("DMA_BUF_HEAP");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
