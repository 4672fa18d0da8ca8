// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for the exporting and mapping of Videobuf2's buffers that come
 * from DMA-BUF heaps, besides those of the kernel
 */

#include <kunit/dma-heap.h>
#include <kunit/test.h>
#include <linux/cleanup.h>
#include <linux/dma-buf.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/uaccess.h>
#include <media/videobuf2-core.h>
#include <media/videobuf2-dma-contig.h>
#include <media/videobuf2-vmalloc.h>

#include "dma-heap-private.h"
#include "videobuf2-heap-test.h"

/* The dma-buf that EXPBUF hands out, with a reference. */
static struct dma_buf *export(struct kunit *test, unsigned int index, unsigned int plane)
{
	struct queue_test *context = context_of(test);
	struct dma_buf *dmabuf;
	int fd, ret;

	scoped_guard(mutex, &context->lock)
		ret = vb2_core_expbuf(&context->q, &fd, context->q.type, buffer(test, index), plane,
				      O_RDWR | O_CLOEXEC);
	KUNIT_ASSERT_EQ(test, ret, 0);
	dmabuf = dma_buf_get(fd);
	close_fd(fd);
	flush_delayed_fput();
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dmabuf);

	return dmabuf;
}

static void exports_the_very_buffer(struct kunit *test)
{
	struct queue_test *context = context_of(test);
	struct dma_buf *dmabuf;

	context->planes = 2;
	init_queue(test, &vb2_dma_contig_memops, false);
	bind(test, "kunit-first");
	KUNIT_ASSERT_EQ(test, request(test, 1), 1);
	KUNIT_EXPECT_FALSE(test, vb2_buffer_in_use(&context->q, buffer(test, 0)));

	dmabuf = export(test, 0, 1);
	KUNIT_EXPECT_PTR_EQ(test, dmabuf, plane(test, 0, 1));
	KUNIT_EXPECT_TRUE(test, vb2_buffer_in_use(&context->q, buffer(test, 0)));
	put(dmabuf);
	KUNIT_EXPECT_FALSE(test, vb2_buffer_in_use(&context->q, buffer(test, 0)));
}

static void an_export_of_less_is_the_same_dma_buf(struct kunit *test)
{
	struct queue_test *context = context_of(test);
	struct dma_buf *dmabuf, *found;
	struct file *file;
	int fd;

	init_queue(test, &vb2_dma_contig_memops, false);
	bind(test, "kunit-first");
	KUNIT_ASSERT_EQ(test, request(test, 1), 1);
	dmabuf = plane(test, 0, 0);
	file = export_file(test, O_RDONLY);
	KUNIT_EXPECT_PTR_NE(test, file, dmabuf->file);
	KUNIT_EXPECT_TRUE(test, vb2_buffer_in_use(&context->q, buffer(test, 0)));

	/* It outlives the buffer, and what is found by it outlives it. */
	fd = get_unused_fd_flags(O_CLOEXEC);
	KUNIT_ASSERT_GE(test, fd, 0);
	fd_install(fd, file);
	KUNIT_EXPECT_EQ(test, request(test, 0), 0);
	expect_calls(test, context->first, MOCK_RELEASE, 0);
	found = dma_buf_get(fd);
	KUNIT_EXPECT_PTR_EQ(test, found, dmabuf);
	close_fd(fd);
	flush_delayed_fput();
	expect_calls(test, context->first, MOCK_RELEASE, 0);
	KUNIT_EXPECT_EQ(test, file_count(found->file), 1);
	put(found);
	expect_calls(test, context->first, MOCK_RELEASE, 1);
}

static void nobody_gets_more_than_a_dma_buf_allows(struct kunit *test)
{
	struct dma_buf *dmabuf;

	dmabuf = dma_heap_buffer_alloc(context_of(test)->first->heap, SIZE, O_RDONLY, 0);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dmabuf);
	KUNIT_EXPECT_EQ(test, dma_buf_fd_mode(dmabuf, O_RDWR), -EACCES);
	KUNIT_EXPECT_EQ(test, dma_buf_fd_mode(dmabuf, O_WRONLY), -EACCES);
	put(dmabuf);
}

static void what_is_exported_outlives_the_buffer(struct kunit *test)
{
	struct mock_heap *first = context_of(test)->first;
	struct dma_buf *dmabuf;

	init_queue(test, &vb2_dma_contig_memops, false);
	bind(test, "kunit-first");
	KUNIT_ASSERT_EQ(test, request(test, 1), 1);
	dmabuf = export(test, 0, 0);
	KUNIT_EXPECT_EQ(test, request(test, 0), 0);
	expect_calls(test, first, MOCK_DETACH, 1);
	expect_calls(test, first, MOCK_VUNMAP, 1);
	expect_calls(test, first, MOCK_RELEASE, 0);
	put(dmabuf);
	expect_calls(test, first, MOCK_RELEASE, 1);
}

static void exports_what_the_driver_allocated_as_ever(struct kunit *test)
{
	struct dma_buf *dmabuf;

	init_queue(test, &vb2_vmalloc_memops, false);
	KUNIT_ASSERT_EQ(test, request(test, 1), 1);
	dmabuf = export(test, 0, 0);
	KUNIT_EXPECT_FALSE(test, mock_heap_made(context_of(test)->first, dmabuf));
	put(dmabuf);
}

static void maps_the_very_buffer(struct kunit *test)
{
	struct queue_test *context = context_of(test);
	unsigned long addr;
	u8 *vaddr, byte = 0;

	init_queue(test, &vb2_dma_contig_memops, false);
	bind(test, "kunit-first");
	KUNIT_ASSERT_EQ(test, request(test, 2), 2);
	addr = map(test, 1, SIZE);
	KUNIT_ASSERT_TRUE_MSG(test, addr && !IS_ERR_VALUE(addr), "mmap: %ld", addr);
	expect_calls(test, context->first, MOCK_MMAP, 1);
	KUNIT_EXPECT_FALSE(test, vb2_buffer_in_use(&context->q, buffer(test, 0)));
	KUNIT_EXPECT_TRUE(test, vb2_buffer_in_use(&context->q, buffer(test, 1)));

	vaddr = vb2_plane_vaddr(buffer(test, 1), 0);
	KUNIT_ASSERT_NOT_NULL(test, vaddr);
	vaddr[SIZE - 1] = 0xa5;
	KUNIT_EXPECT_EQ(test, copy_from_user(&byte, (u8 __user *)addr + SIZE - 1, 1), 0);
	KUNIT_EXPECT_EQ(test, byte, 0xa5);

	/* What is mapped stays. */
	KUNIT_EXPECT_EQ(test, request(test, 0), 0);
	expect_calls(test, context->first, MOCK_RELEASE, 1);
	byte = 0;
	KUNIT_EXPECT_EQ(test, copy_from_user(&byte, (u8 __user *)addr + SIZE - 1, 1), 0);
	KUNIT_EXPECT_EQ(test, byte, 0xa5);
	KUNIT_EXPECT_EQ(test, vm_munmap(addr, SIZE), 0);
	flush_delayed_fput();
	expect_calls(test, context->first, MOCK_RELEASE, 2);
}

static void maps_no_more_than_the_buffer(struct kunit *test)
{
	struct mock_heap *first = context_of(test)->first;
	unsigned long addr;

	init_queue(test, &vb2_dma_contig_memops, false);
	bind(test, "kunit-first");
	KUNIT_ASSERT_EQ(test, request(test, 1), 1);
	addr = map(test, 0, SIZE + PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, (long)addr, -EINVAL);
	expect_calls(test, first, MOCK_MMAP, 0);
}

static struct kunit_case export_test_cases[] = {
	KUNIT_CASE(exports_the_very_buffer),
	KUNIT_CASE(an_export_of_less_is_the_same_dma_buf),
	KUNIT_CASE(nobody_gets_more_than_a_dma_buf_allows),
	KUNIT_CASE(what_is_exported_outlives_the_buffer),
	KUNIT_CASE(exports_what_the_driver_allocated_as_ever),
	KUNIT_CASE(maps_the_very_buffer),
	KUNIT_CASE(maps_no_more_than_the_buffer),
	{}
};

static struct kunit_suite export_test_suite = {
	.name = "videobuf2_heap_export",
	.init = queue_test_init,
	.exit = queue_test_exit,
	.test_cases = export_test_cases,
};

kunit_test_suite(export_test_suite);

MODULE_DESCRIPTION("KUnit tests for exporting and mapping in Videobuf2 on DMA-BUF heaps");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("DMA_BUF");
MODULE_IMPORT_NS("DMA_BUF_HEAP");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
