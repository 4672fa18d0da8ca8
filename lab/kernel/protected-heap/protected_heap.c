// SPDX-License-Identifier: GPL-2.0
/*
 * A heap for tests whose buffers are protected: userspace cannot map them and
 * devices cannot import them. A driver that stands in for hardware gets at them
 * in the kernel; and so does the test, as the hardware would that shows them, by
 * a file in debugfs for each buffer, whose name is the number of the dma-buf's
 * inode.
 */

#include <linux/atomic.h>
#include <linux/debugfs.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/iosys-map.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#define PROTECTED_SIZE SZ_32M

struct protected_buffer {
	struct dma_heap_buffer base;
	struct dentry *file;
	void *vaddr;
};

static struct dma_heap *protected_heap;
static struct dentry *protected_dir;
static atomic_long_t protected_free = ATOMIC_LONG_INIT(PROTECTED_SIZE);

static ssize_t protected_read(struct file *file, char __user *to, size_t count, loff_t *pos)
{
	struct protected_buffer *buffer = file->private_data;

	return simple_read_from_buffer(to, count, pos, buffer->vaddr, buffer->base.size);
}

static ssize_t protected_write(struct file *file, const char __user *from, size_t count,
			       loff_t *pos)
{
	struct protected_buffer *buffer = file->private_data;

	return simple_write_to_buffer(buffer->vaddr, buffer->base.size, pos, from, count);
}

static const struct file_operations protected_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = protected_read,
	.write = protected_write,
	.llseek = default_llseek,
};

static struct sg_table *protected_map(struct dma_buf_attachment *attachment,
				      enum dma_data_direction direction)
{
	return ERR_PTR(-EACCES);
}

static void protected_unmap(struct dma_buf_attachment *attachment, struct sg_table *table,
			    enum dma_data_direction direction)
{
}

static int protected_vmap(struct dma_buf *dmabuf, struct iosys_map *map)
{
	struct protected_buffer *buffer = dmabuf->priv;

	iosys_map_set_vaddr(map, buffer->vaddr);

	return 0;
}

static void protected_free_buffer(struct protected_buffer *buffer)
{
	size_t size = buffer->base.size;

	vfree(buffer->vaddr);
	atomic_long_add(size, &protected_free);
	dma_heap_buffer_fini(&buffer->base);
	kfree(buffer);
}

static void protected_release(struct dma_buf *dmabuf)
{
	struct protected_buffer *buffer = dmabuf->priv;

	debugfs_remove(buffer->file);
	protected_free_buffer(buffer);
}

static const struct dma_buf_ops protected_buf_ops = {
	.map_dma_buf = protected_map,
	.unmap_dma_buf = protected_unmap,
	.vmap = protected_vmap,
	.release = protected_release,
};

static int protected_take(struct protected_buffer *buffer, size_t size)
{
	if (atomic_long_sub_return(size, &protected_free) >= 0) {
		buffer->vaddr = vzalloc(size);
		if (buffer->vaddr)
			return 0;
	}
	atomic_long_add(size, &protected_free);

	return -ENOMEM;
}

static struct dma_buf *protected_allocate(struct dma_heap *heap, unsigned long len, u32 fd_flags,
					  u64 heap_flags)
{
	DEFINE_DMA_BUF_EXPORT_INFO(exp_info);
	struct protected_buffer *buffer;
	struct dma_buf *dmabuf;
	char name[24];
	int ret;

	buffer = kzalloc_obj(*buffer);
	if (!buffer)
		return ERR_PTR(-ENOMEM);

	ret = dma_heap_buffer_init(&buffer->base, heap, len, len);
	if (ret) {
		kfree(buffer);
		return ERR_PTR(ret);
	}

	ret = protected_take(buffer, len);
	if (ret) {
		dma_heap_buffer_fini(&buffer->base);
		kfree(buffer);
		return ERR_PTR(ret);
	}

	exp_info.ops = &protected_buf_ops;
	exp_info.flags = fd_flags;
	exp_info.priv = buffer;
	dmabuf = dma_heap_buffer_export(&buffer->base, &exp_info);
	if (IS_ERR(dmabuf)) {
		protected_free_buffer(buffer);
		return dmabuf;
	}

	snprintf(name, sizeof(name), "%llu", (u64)file_inode(dmabuf->file)->i_ino);
	buffer->file = debugfs_create_file(name, 0600, protected_dir, buffer, &protected_fops);

	return dmabuf;
}

static void protected_get_sizes(struct dma_heap *heap, struct dma_heap_sizes *sizes)
{
	sizes->size = PROTECTED_SIZE;
	sizes->free = atomic_long_read(&protected_free);
	sizes->largest_free = sizes->free;
}

static const struct dma_heap_ops protected_ops = {
	.allocate = protected_allocate,
	.get_sizes = protected_get_sizes,
};

static int __init protected_init(void)
{
	static const struct dma_heap_export_info exp_info = {
		.name = "protected",
		.ops = &protected_ops,
		.counts_buffers = true,
		.attrs = {
			.memory = DMA_HEAP_MEMORY_RESERVED,
			.contiguous = true,
			.protected = true,
			.size = PROTECTED_SIZE,
		},
	};

	protected_dir = debugfs_create_dir("protected_heap", NULL);
	protected_heap = dma_heap_add(&exp_info);
	if (IS_ERR(protected_heap))
		debugfs_remove(protected_dir);

	return PTR_ERR_OR_ZERO(protected_heap);
}

static void __exit protected_exit(void)
{
	dma_heap_remove(protected_heap);
	debugfs_remove(protected_dir);
}

module_init(protected_init);
module_exit(protected_exit);

MODULE_DESCRIPTION("A protected DMA-BUF heap for tests");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("DMA_BUF");
MODULE_IMPORT_NS("DMA_BUF_HEAP");
