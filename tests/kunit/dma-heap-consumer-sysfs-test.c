// SPDX-License-Identifier: GPL-2.0
/*
 * A KUnit test of a device whose uses cannot have files in sysfs, which sysfs
 * dumps the stack for
 */

#include <kunit/device.h>
#include <kunit/dma-heap.h>
#include <kunit/test.h>
#include <linux/device.h>
#include <linux/kobject.h>
#include <linux/sizes.h>

#include "dma-heap-consumer-sysfs-test.h"

/* Who cannot write still has what the device tree says. */
static void a_device_without_files_has_its_uses(struct kunit *test)
{
	struct device *dev = kunit_heap_device(test, "kunit-decoder");
	struct kobject *in_the_way = kobject_create_and_add("heaps", &dev->kobj);

	KUNIT_ASSERT_NOT_NULL(test, in_the_way);
	mock_heap_create(test, "kunit-a", NULL);
	kunit_heap_add_use(test, dev, "frame", 0);
	kunit_heap_bind(test, dev, "frame", "kunit-a");
	KUNIT_EXPECT_EQ(test, kunit_heap_use_mode(dev, "frame"), 0);
	kobject_put(in_the_way);
}

static struct kunit_case sysfs_test_cases[] = {
	KUNIT_CASE(a_device_without_files_has_its_uses),
	{}
};

static struct kunit_suite sysfs_test_suite = {
	.name = "dma_heap_consumer_sysfs_more",
	.test_cases = sysfs_test_cases,
};

kunit_test_suite(sysfs_test_suite);

MODULE_DESCRIPTION("KUnit test of uses of DMA-BUF heaps without files in sysfs");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("DMA_BUF");
MODULE_IMPORT_NS("DMA_BUF_HEAP");
