// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for the contexts of mem2mem devices whose buffers come from
 * DMA-BUF heaps
 */

#include <kunit/dma-heap.h>
#include <kunit/test.h>
#include <linux/cleanup.h>
#include <linux/completion.h>
#include <linux/dma-heap-consumer.h>
#include <linux/mutex.h>
#include <linux/videodev2.h>
#include <media/v4l2-mem2mem.h>
#include <media/videobuf2-v4l2.h>
#include <media/videobuf2-vmalloc.h>

#include "dma-heap-private.h"
#include "videobuf2-heap-test.h"

#define JOBS 2

struct job_test {
	struct device *dev;
	struct mutex lock; /* of the queues */
	struct v4l2_m2m_dev *m2m_dev;
	struct v4l2_m2m_ctx *ctx;
	unsigned int ran;
	struct task_struct *task[JOBS];
	struct dma_heap_payer *payer[JOBS];
	struct completion done;
};

static int setup_job_queue(struct vb2_queue *q, unsigned int *buffers, unsigned int *planes,
			   unsigned int sizes[], struct device *alloc_devs[])
{
	*planes = 1;
	sizes[0] = SIZE;

	return 0;
}

static void queue_job_buffer(struct vb2_buffer *vb)
{
	struct job_test *job = vb2_get_drv_priv(vb->vb2_queue);

	v4l2_m2m_buf_queue(job->ctx, to_vb2_v4l2_buffer(vb));
}

static void stop_job_streaming(struct vb2_queue *q)
{
	struct job_test *job = vb2_get_drv_priv(q);
	struct vb2_v4l2_buffer *vb;

	while ((vb = q->is_output ? v4l2_m2m_src_buf_remove(job->ctx) :
				    v4l2_m2m_dst_buf_remove(job->ctx)))
		v4l2_m2m_buf_done(vb, VB2_BUF_STATE_ERROR);
}

static const struct vb2_ops job_queue_ops = {
	.queue_setup = setup_job_queue,
	.buf_queue = queue_job_buffer,
	.stop_streaming = stop_job_streaming,
};

static int init_job_queue(struct job_test *job, struct vb2_queue *q, unsigned int type)
{
	q->type = type;
	q->io_modes = VB2_MMAP | VB2_DMABUF;
	q->dev = job->dev;
	q->drv_priv = job;
	q->ops = &job_queue_ops;
	q->mem_ops = &vb2_vmalloc_memops;
	q->buf_struct_size = sizeof(struct v4l2_m2m_buffer);
	q->lock = &job->lock;
	q->timestamp_flags = V4L2_BUF_FLAG_TIMESTAMP_COPY;

	return vb2_queue_init(q);
}

static int init_job_queues(void *priv, struct vb2_queue *src_vq, struct vb2_queue *dst_vq)
{
	return init_job_queue(priv, src_vq, V4L2_BUF_TYPE_VIDEO_OUTPUT) ?:
	       init_job_queue(priv, dst_vq, V4L2_BUF_TYPE_VIDEO_CAPTURE);
}

static void run_job(void *priv)
{
	struct job_test *job = priv;

	job->task[job->ran] = current;
	job->payer[job->ran] = dma_heap_current_payer();
	v4l2_m2m_buf_done(v4l2_m2m_src_buf_remove(job->ctx), VB2_BUF_STATE_DONE);
	v4l2_m2m_buf_done(v4l2_m2m_dst_buf_remove(job->ctx), VB2_BUF_STATE_DONE);
	if (++job->ran == JOBS)
		complete(&job->done);
	v4l2_m2m_job_finish(job->m2m_dev, job->ctx);
}

static const struct v4l2_m2m_ops job_ops = {
	.device_run = run_job,
};

static void queue_jobs(struct kunit *test, struct job_test *job, unsigned int type)
{
	struct vb2_queue *q = v4l2_m2m_get_vq(job->ctx, type);
	unsigned int i, count = JOBS;

	guard(mutex)(&job->lock);
	KUNIT_ASSERT_EQ(test, vb2_core_reqbufs(q, VB2_MEMORY_MMAP, 0, &count), 0);
	for (i = 0; i < JOBS; i++) {
		struct v4l2_buffer b = {
			.index = i,
			.type = type,
			.memory = V4L2_MEMORY_MMAP,
			.field = V4L2_FIELD_NONE,
			.bytesused = SIZE,
		};

		KUNIT_ASSERT_EQ(test, vb2_qbuf(q, NULL, &b), 0);
	}
	KUNIT_ASSERT_EQ(test, vb2_streamon(q, type), 0);
}

static struct job_test *start_jobs(struct kunit *test)
{
	struct job_test *job = kunit_kzalloc(test, sizeof(*job), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, job);
	mutex_init(&job->lock);
	init_completion(&job->done);
	job->dev = context_of(test)->dev;
	job->m2m_dev = v4l2_m2m_init(&job_ops);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, job->m2m_dev);
	job->ctx = v4l2_m2m_ctx_init(job->m2m_dev, job, init_job_queues);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, job->ctx);

	return job;
}

static void end_jobs(struct job_test *job)
{
	scoped_guard(mutex, &job->lock)
		v4l2_m2m_ctx_release(job->ctx);
	v4l2_m2m_release(job->m2m_dev);
}

/* Its driver does, in probe: it is there to be bound before the first context. */
static void a_context_adds_no_use(struct kunit *test)
{
	end_jobs(start_jobs(test));
	KUNIT_EXPECT_FALSE(test, has_use(test, "frame"));
}

/* The first job is run by who queued it, the next by a worker. */
static void who_opened_the_device_pays_for_every_job(struct kunit *test)
{
	struct job_test *job = start_jobs(test);
	unsigned int i;

	queue_jobs(test, job, V4L2_BUF_TYPE_VIDEO_OUTPUT);
	queue_jobs(test, job, V4L2_BUF_TYPE_VIDEO_CAPTURE);
	v4l2_m2m_try_schedule(job->ctx);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&job->done, 10 * HZ), 0);
	KUNIT_EXPECT_PTR_EQ(test, job->task[0], current);
	KUNIT_EXPECT_PTR_NE(test, job->task[1], current);
	for (i = 0; i < JOBS; i++) {
		KUNIT_EXPECT_NOT_NULL(test, job->payer[i]);
		KUNIT_EXPECT_PTR_EQ(test, job->payer[i], job->ctx->payer);
	}
	KUNIT_EXPECT_NULL(test, dma_heap_current_payer());
	end_jobs(job);
}

static struct kunit_case context_test_cases[] = {
	KUNIT_CASE(a_context_adds_no_use),
	KUNIT_CASE(who_opened_the_device_pays_for_every_job),
	{}
};

static struct kunit_suite context_test_suite = {
	.name = "v4l2_mem2mem_heap",
	.init = queue_test_init,
	.exit = queue_test_exit,
	.test_cases = context_test_cases,
};

kunit_test_suite(context_test_suite);

MODULE_DESCRIPTION("KUnit tests for contexts of mem2mem devices on DMA-BUF heaps");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("DMA_BUF");
MODULE_IMPORT_NS("DMA_BUF_HEAP");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
