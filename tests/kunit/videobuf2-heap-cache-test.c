// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for when caches are maintained for Videobuf2's buffers that come
 * from DMA-BUF heaps, besides those of the kernel
 */

#include <kunit/dma-heap.h>
#include <kunit/test.h>
#include <linux/dma-mapping.h>
#include <linux/string.h>
#include <linux/videodev2.h>
#include <media/videobuf2-core.h>
#include <media/videobuf2-dma-contig.h>

#include "videobuf2-heap-test.h"

static void a_buffer_that_never_streamed_is_synced_once(struct kunit *test)
{
	const struct kind *kind = test->param_value;
	struct mock_heap *first = context_of(test)->first;

	init_queue_of_kind(test);
	bind(test, "kunit-first");
	KUNIT_ASSERT_EQ(test, request(test, BUFFERS), BUFFERS);
	KUNIT_ASSERT_EQ(test, qbuf(test, 0), 0);
	KUNIT_ASSERT_EQ(test, prepare(test, 1), 0);
	KUNIT_EXPECT_EQ(test, request(test, 0), 0);
	expect_turns(test, first, (kind->qbuf_began + kind->dqbuf_began) * 2,
		     (kind->qbuf_ended + kind->dqbuf_ended) * 2);
}

static void hints_are_heeded_where_they_are_allowed(struct kunit *test)
{
	static const struct { u32 flags; unsigned int began, ended; } cases[] = {
		{ 0, 1, 1 },
		{ V4L2_BUF_FLAG_NO_CACHE_CLEAN, 1, 0 },
		{ V4L2_BUF_FLAG_NO_CACHE_INVALIDATE, 0, 1 },
		{ V4L2_BUF_FLAG_NO_CACHE_CLEAN | V4L2_BUF_FLAG_NO_CACHE_INVALIDATE, 0, 0 },
	};
	struct mock_heap *first = context_of(test)->first;
	int i;

	context_of(test)->q.allow_cache_hints = 1;
	init_queue(test, &vb2_dma_contig_memops, false);
	bind(test, "kunit-first");
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		/* A buffer keeps the hints that it once got. */
		KUNIT_ASSERT_EQ(test, request(test, 1), 1);
		stream_on(test);
		memset(first->calls + MOCK_BEGIN, 0, 2 * sizeof(*first->calls));
		KUNIT_ASSERT_EQ(test, qbuf_with_flags(test, 0, cases[i].flags), 0);
		all_done(test);
		dqbuf(test);
		expect_turns(test, first, cases[i].began, cases[i].ended);
		stream_off(test);
		expect_turns(test, first, cases[i].began, cases[i].ended);
	}
}

static void hints_are_ignored_where_they_are_not_allowed(struct kunit *test)
{
	struct mock_heap *first = context_of(test)->first;

	init_queue(test, &vb2_dma_contig_memops, false);
	bind(test, "kunit-first");
	KUNIT_ASSERT_EQ(test, request(test, 1), 1);
	stream_on(test);
	KUNIT_ASSERT_EQ(test,
			qbuf_with_flags(test, 0,
					V4L2_BUF_FLAG_NO_CACHE_CLEAN |
					V4L2_BUF_FLAG_NO_CACHE_INVALIDATE), 0);
	all_done(test);
	dqbuf(test);
	expect_turns(test, first, 1, 1);
}

static void a_buffer_is_prepared_once(struct kunit *test)
{
	struct mock_heap *first = context_of(test)->first;

	init_queue(test, &vb2_dma_contig_memops, false);
	bind(test, "kunit-first");
	KUNIT_ASSERT_EQ(test, request(test, 1), 1);
	stream_on(test);
	KUNIT_ASSERT_EQ(test, prepare(test, 0), 0);
	expect_turns(test, first, 0, 1);
	KUNIT_ASSERT_EQ(test, qbuf(test, 0), 0);
	expect_turns(test, first, 0, 1);
	all_done(test);
	dqbuf(test);
	expect_turns(test, first, 1, 1);
}

/* The device had what was there before, so what it made of that is no good. */
static void a_buffer_that_cannot_be_given_to_the_device_comes_back_as_an_error(struct kunit *test)
{
	struct queue_test *context = context_of(test);

	context->planes = 2;
	init_queue(test, &vb2_dma_contig_memops, true);
	bind(test, "kunit-first kunit-second");
	context->first->room = 1;
	KUNIT_ASSERT_EQ(test, request(test, 1), 1);
	stream_on(test);
	context->second->fail[MOCK_END] = -EIO;
	KUNIT_EXPECT_EQ(test, qbuf(test, 0), 0);
	all_done(test);
	KUNIT_EXPECT_TRUE(test, dqbuf(test) & V4L2_BUF_FLAG_ERROR);
	expect_turns(test, context->first, 0, 1);

	context->second->fail[MOCK_END] = 0;
	KUNIT_ASSERT_EQ(test, qbuf(test, 0), 0);
	all_done(test);
	KUNIT_EXPECT_FALSE(test, dqbuf(test) & V4L2_BUF_FLAG_ERROR);
	expect_turns(test, context->first, 0, 2);
	expect_turns(test, context->second, 0, 1);
}

static void what_cannot_be_made_visible_is_an_error(struct kunit *test)
{
	struct queue_test *context = context_of(test);

	init_queue(test, &vb2_dma_contig_memops, false);
	bind(test, "kunit-first");
	KUNIT_ASSERT_EQ(test, request(test, 1), 1);
	stream_on(test);
	KUNIT_ASSERT_EQ(test, qbuf(test, 0), 0);
	all_done(test);
	context->first->fail[MOCK_BEGIN] = -EIO;
	KUNIT_EXPECT_TRUE(test, dqbuf(test) & V4L2_BUF_FLAG_ERROR);
	KUNIT_EXPECT_EQ(test, buffer(test, 0)->state, VB2_BUF_STATE_DEQUEUED);

	context->first->fail[MOCK_BEGIN] = 0;
	KUNIT_ASSERT_EQ(test, qbuf(test, 0), 0);
	all_done(test);
	KUNIT_EXPECT_FALSE(test, dqbuf(test) & V4L2_BUF_FLAG_ERROR);
}

static void buffers_of_others_are_theirs_to_sync(struct kunit *test)
{
	struct queue_test *context = context_of(test);

	init_queue(test, &vb2_dma_contig_memops, false);
	bind(test, "kunit-second");
	KUNIT_EXPECT_EQ(test, request_dmabuf(test), 0);
	expect_untouched(test, context->second);

	KUNIT_EXPECT_EQ(test, qbuf_dmabuf(test, context->first), 0);
	stream_on(test);
	all_done(test);
	expect_calls(test, context->first, MOCK_MAP, 1);
	/* It is not new, so the queue's direction is enough. */
	KUNIT_EXPECT_EQ(test, context->first->map_direction, DMA_FROM_DEVICE);
	stream_off(test);
	expect_turns(test, context->first, 0, 0);
	expect_untouched(test, context->second);
}

static struct kunit_case cache_test_cases[] = {
	KUNIT_CASE_PARAM(a_buffer_that_never_streamed_is_synced_once, kind_gen_params),
	KUNIT_CASE(hints_are_heeded_where_they_are_allowed),
	KUNIT_CASE(hints_are_ignored_where_they_are_not_allowed),
	KUNIT_CASE(a_buffer_is_prepared_once),
	KUNIT_CASE(a_buffer_that_cannot_be_given_to_the_device_comes_back_as_an_error),
	KUNIT_CASE(what_cannot_be_made_visible_is_an_error),
	KUNIT_CASE(buffers_of_others_are_theirs_to_sync),
	{}
};

static struct kunit_suite cache_test_suite = {
	.name = "videobuf2_heap_caches",
	.init = queue_test_init,
	.exit = queue_test_exit,
	.test_cases = cache_test_cases,
};

kunit_test_suite(cache_test_suite);

MODULE_DESCRIPTION("KUnit tests for caches in Videobuf2 on DMA-BUF heaps");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("DMA_BUF");
MODULE_IMPORT_NS("DMA_BUF_HEAP");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
