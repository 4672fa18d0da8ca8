// SPDX-License-Identifier: GPL-2.0
/*
 * Poses as the i.MX 8M Plus: drivers/perf/fsl_imx8_ddr_perf.c of Linux 7.3. On
 * the bus, bytes of the masters that a filter lets through, which all counters
 * share; at the memory, bursts of 16 bytes, of all. Three counters beside that
 * of cycles, which are those of a controller at 1 GHz. Of its events, those
 * that the emulator knows of.
 *
 * The device's counters have 32 bits and stand still when these are full, and
 * its driver empties them by interrupt before that happens. Here they have as
 * many as `counter_bits` says and are emptied when they are read, so that
 * events can be lost.
 */

#include <linux/bitfield.h>
#include <linux/device.h>
#include <linux/ktime.h>
#include <linux/module.h>

#include "lab_ddr.h"

#define CYCLES 0x00
#define READ_CYCLES 0x2a
#define WRITE_CYCLES 0x2b
#define AXID_READ 0x41
#define AXID_WRITE 0x42

#define BURST 16
#define AXI_ID GENMASK(15, 0)
#define AXI_MASK GENMASK(31, 16)

static unsigned int counter_bits;
module_param(counter_bits, uint, 0444);
MODULE_PARM_DESC(counter_bits, "imx8mp: bits of a counter, up to 32; 0, the default, for no end");

static struct attribute *events[] = {
	LAB_DDR_EVENT(cycles, CYCLES),
	LAB_DDR_EVENT(read-cycles, READ_CYCLES),
	LAB_DDR_EVENT(write-cycles, WRITE_CYCLES),
	LAB_DDR_EVENT(axid-read, AXID_READ),
	LAB_DDR_EVENT(axid-write, AXID_WRITE),
	NULL
};

static const struct attribute_group events_group = { .name = "events", .attrs = events };

PMU_FORMAT_ATTR(event, "config:0-7");
PMU_FORMAT_ATTR(axi_id, "config1:0-15");
PMU_FORMAT_ATTR(axi_mask, "config1:16-31");
PMU_FORMAT_ATTR(axi_port, "config2:0-2");
PMU_FORMAT_ATTR(axi_channel, "config2:3-3");

static struct attribute *formats[] = {
	&format_attr_event.attr,
	&format_attr_axi_id.attr,
	&format_attr_axi_mask.attr,
	&format_attr_axi_port.attr,
	&format_attr_axi_channel.attr,
	NULL
};

static const struct attribute_group format_group = { .name = "format", .attrs = formats };

static struct attribute *caps[] = {
	LAB_DDR_TEXT(filter, "1"),
	LAB_DDR_TEXT(enhanced_filter, "1"),
	LAB_DDR_TEXT(super_filter, "0"),
	NULL
};

static const struct attribute_group caps_group = { .name = "caps", .attrs = caps };

static struct attribute *identifier[] = { LAB_DDR_TEXT(identifier, "i.MX8MP"), NULL };

static const struct attribute_group identifier_group = { .attrs = identifier };

static const struct attribute_group *groups[] = {
	&events_group, &format_group, &caps_group, &identifier_group, &lab_ddr_cpumask_group, NULL
};

static bool is_filtered(const struct perf_event *event)
{
	return event->attr.config == AXID_READ || event->attr.config == AXID_WRITE;
}

static bool filters_agree(const struct perf_event *a, const struct perf_event *b)
{
	return !is_filtered(a) || !is_filtered(b) || (u32)a->attr.config1 == (u32)b->attr.config1;
}

static int check(const struct lab_ddr *ddr, struct perf_event *event)
{
	struct perf_event *leader = event->group_leader, *sibling;

	if (leader->pmu != event->pmu && !is_software_event(leader))
		return -EINVAL;
	if (!filters_agree(event, leader))
		return -EINVAL;
	for_each_sibling_event(sibling, leader) {
		if (sibling->pmu != event->pmu && !is_software_event(sibling))
			return -EINVAL;
		if (!filters_agree(event, sibling))
			return -EINVAL;
	}

	return 0;
}

static int claim(struct lab_ddr *ddr, struct perf_event *event)
{
	int i;

	for (i = 1; i < LAB_DDR_COUNTERS; i++)
		if (ddr->counters[i] && !filters_agree(event, ddr->counters[i]))
			return -EINVAL;

	if (event->attr.config == CYCLES) {
		i = 0;
	} else {
		for (i = 1; i < LAB_DDR_COUNTERS && ddr->counters[i]; i++)
			;
	}
	if (i == LAB_DDR_COUNTERS || ddr->counters[i])
		return -EOPNOTSUPP;
	ddr->counters[i] = event;
	event->hw.idx = i;

	return 0;
}

static void release(struct lab_ddr *ddr, struct perf_event *event)
{
	ddr->counters[event->hw.idx] = NULL;
	event->hw.idx = -1;
}

/* The bits that are set in the mask do not matter. */
static bool is_meant(unsigned int master, const struct perf_event *event)
{
	u16 mask = FIELD_GET(AXI_MASK, event->attr.config1);
	u16 id = FIELD_GET(AXI_ID, event->attr.config1);

	return !((master ^ id) & ~mask & AXI_ID);
}

static u64 count(const struct lab_ddr *ddr, const struct lab_counts *at,
		 const struct perf_event *event)
{
	switch (event->attr.config) {
	case CYCLES:
		return ktime_get_mono_fast_ns();
	case READ_CYCLES:
		return lab_ddr_sum(ddr, at).read / BURST;
	case WRITE_CYCLES:
		return lab_ddr_sum(ddr, at).written / BURST;
	case AXID_READ:
		return lab_ddr_sum_of(ddr, at, is_meant, event).read;
	case AXID_WRITE:
		return lab_ddr_sum_of(ddr, at, is_meant, event).written;
	}

	return 0;
}

static u64 most(const struct perf_event *event)
{
	if (!counter_bits || event->attr.config == CYCLES)
		return 0;

	return BIT_ULL(min(counter_bits, 32u)) - 1;
}

const struct lab_ddr_profile lab_ddr_imx8mp = {
	.parameter = "imx8mp",
	.name = "imx8_ddr0",
	.groups = groups,
	.refusal = -EOPNOTSUPP,
	.check = check,
	.count = count,
	.claim = claim,
	.release = release,
	.most = most,
};
