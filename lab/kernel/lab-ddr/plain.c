// SPDX-License-Identifier: GPL-2.0
/*
 * lab_ddr as itself: bytes, of all memory or of a region. The folder "regions"
 * has the names of the device tree's nodes that are the regions.
 */

#include <linux/device.h>

#include "lab_ddr.h"

#define READ_BYTES 0x01
#define WRITE_BYTES 0x02

static struct attribute *events[] = {
	LAB_DDR_EVENT(read-bytes, READ_BYTES),
	LAB_DDR_TEXT(read-bytes.unit, "MB"),
	LAB_DDR_TEXT(read-bytes.scale, "9.536743164e-07"),
	LAB_DDR_EVENT(write-bytes, WRITE_BYTES),
	LAB_DDR_TEXT(write-bytes.unit, "MB"),
	LAB_DDR_TEXT(write-bytes.scale, "9.536743164e-07"),
	NULL
};

static const struct attribute_group events_group = { .name = "events", .attrs = events };

PMU_FORMAT_ATTR(event, "config:0-7");
PMU_FORMAT_ATTR(region, "config1:0-7");

static struct attribute *formats[] = {
	&format_attr_event.attr,
	&format_attr_region.attr,
	NULL
};

static const struct attribute_group format_group = { .name = "format", .attrs = formats };

static unsigned int region_of(struct device_attribute *attr)
{
	return (unsigned long)container_of(attr, struct dev_ext_attribute, attr)->var;
}

static ssize_t region_name_show(struct device *dev, struct device_attribute *attr, char *page)
{
	return sysfs_emit(page, "%s\n", lab_ddr_of_device(dev)->names[region_of(attr) - 1]);
}

#define REGION(_number)								\
	(&((struct dev_ext_attribute[]) {					\
		{ __ATTR(_number, 0444, region_name_show, NULL), (void *)_number }	\
	})[0].attr.attr)

static struct attribute *regions[] = {
	REGION(1), REGION(2), REGION(3), REGION(4), REGION(5), REGION(6), REGION(7), REGION(8),
	REGION(9), REGION(10), REGION(11), REGION(12), REGION(13), REGION(14), REGION(15), REGION(16),
	NULL
};
static_assert(ARRAY_SIZE(regions) == LAB_COUNTS_REGIONS + 1);

static umode_t region_is_there(struct kobject *kobj, struct attribute *attr, int index)
{
	return index < lab_ddr_of_device(kobj_to_dev(kobj))->regions ? attr->mode : 0;
}

static const struct attribute_group regions_group = {
	.name = "regions",
	.attrs = regions,
	.is_visible = region_is_there,
};

static const struct attribute_group *groups[] = {
	&events_group, &format_group, &regions_group, &lab_ddr_cpumask_group, NULL
};

static int check(const struct lab_ddr *ddr, struct perf_event *event)
{
	const struct perf_event_attr *attr = &event->attr;

	if (attr->config != READ_BYTES && attr->config != WRITE_BYTES)
		return -EINVAL;
	if (attr->config1 > ddr->regions || attr->config2)
		return -EINVAL;

	return 0;
}

static u64 count(const struct lab_ddr *ddr, const struct lab_counts *at,
		 const struct perf_event *event)
{
	u64 region = event->attr.config1;
	struct lab_traffic traffic = region ? at->regions[region - 1] : lab_ddr_sum(ddr, at);

	return event->attr.config == READ_BYTES ? traffic.read : traffic.written;
}

const struct lab_ddr_profile lab_ddr_plain = {
	.parameter = "plain",
	.name = "lab_ddr",
	.groups = groups,
	.refusal = -EINVAL,
	.check = check,
	.count = count,
};
