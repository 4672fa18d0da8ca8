// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the files in sysfs that uses are bound with, besides those of
 * the kernel: of a device that cannot have them, which sysfs dumps the stack
 * for, and of what userspace is told
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

static unsigned int events;

static int count_event(const struct device *dev, struct kobj_uevent_env *env)
{
	events++;

	return 0;
}

static const struct device_type counting_type = {
	.name = "kunit-counting",
	.uevent = count_event,
};

/* A rule that writes the file at each change would be its own trigger. */
static void userspace_is_told_of_changes_only(struct kunit *test)
{
	static const struct { const char *text; bool fails; unsigned int events; } writes[] = {
		{ "driver", false, 0 },
		{ "kunit-a", false, 1 },
		{ "kunit-a\n", false, 1 },
		{ "kunit-c", true, 1 },
		{ "kunit-a driver", false, 2 },
		{ "kunit-a kunit-b", false, 3 },
		{ "kunit-b kunit-a", false, 4 },
		{ "kunit-b kunit-a", false, 4 },
		{ "", false, 5 },
		{ "driver", false, 5 },
	};
	struct device *dev = kunit_heap_device(test, "kunit-decoder");
	int i;

	mock_heap_create(test, "kunit-a", NULL);
	mock_heap_create(test, "kunit-b", NULL);
	kunit_heap_add_use(test, dev, "frame", 0);
	dev->type = &counting_type;
	events = 0;
	for (i = 0; i < ARRAY_SIZE(writes); i++) {
		ssize_t ret = kunit_heap_use_store(test, dev, "frame", writes[i].text);

		KUNIT_EXPECT_EQ_MSG(test, ret < 0, writes[i].fails, "write %d: %zd", i, ret);
		KUNIT_EXPECT_EQ_MSG(test, events, writes[i].events, "write %d", i);
	}
	dev->type = NULL;
}

static struct kunit_case sysfs_test_cases[] = {
	KUNIT_CASE(a_device_without_files_has_its_uses),
	KUNIT_CASE(userspace_is_told_of_changes_only),
	{}
};

static struct kunit_suite sysfs_test_suite = {
	.name = "dma_heap_consumer_sysfs_more",
	.test_cases = sysfs_test_cases,
};

kunit_test_suite(sysfs_test_suite);

MODULE_DESCRIPTION("KUnit tests of the files of uses of DMA-BUF heaps in sysfs");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("DMA_BUF");
MODULE_IMPORT_NS("DMA_BUF_HEAP");
