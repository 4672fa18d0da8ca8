// SPDX-License-Identifier: GPL-2.0
/*
 * Poses as a Rockchip SoC whose memory has four channels:
 * drivers/devfreq/event/rockchip-dfi.c of Linux 7.3. A count is a byte. What is
 * read and written is spread over the channels evenly, as they interleave;
 * cycles are those of a controller at 1 GHz.
 */

#include <linux/device.h>
#include <linux/ktime.h>

#include "lab_ddr.h"

#define CHANNELS 4

enum {
	CYCLES,
	READ_BYTES,
	WRITE_BYTES,
	FIRST_CHANNEL,		/* read, written, then the next channel's */
	BYTES = FIRST_CHANNEL + 2 * CHANNELS,
	EVENTS
};

#define BYTES_EVENT(_name, _event)			\
	LAB_DDR_TEXT(_name, "event=" _event ""),	\
	LAB_DDR_TEXT(_name.unit, "MB"),		\
	LAB_DDR_TEXT(_name.scale, "9.536743164e-07")

static struct attribute *events[] = {
	LAB_DDR_TEXT(cycles, "event=0x0"),
	BYTES_EVENT(read-bytes, "0x1"),
	BYTES_EVENT(write-bytes, "0x2"),
	BYTES_EVENT(read-bytes0, "0x3"),
	BYTES_EVENT(write-bytes0, "0x4"),
	BYTES_EVENT(read-bytes1, "0x5"),
	BYTES_EVENT(write-bytes1, "0x6"),
	BYTES_EVENT(read-bytes2, "0x7"),
	BYTES_EVENT(write-bytes2, "0x8"),
	BYTES_EVENT(read-bytes3, "0x9"),
	BYTES_EVENT(write-bytes3, "0xa"),
	BYTES_EVENT(bytes, "0xb"),
	NULL
};

static const struct attribute_group events_group = { .name = "events", .attrs = events };

PMU_FORMAT_ATTR(event, "config:0-7");

static struct attribute *formats[] = { &format_attr_event.attr, NULL };

static const struct attribute_group format_group = { .name = "format", .attrs = formats };

static const struct attribute_group *groups[] = {
	&events_group, &lab_ddr_cpumask_group, &format_group, NULL
};

/* It takes every number, and those that mean nothing count nothing. */
static int check(const struct lab_ddr *ddr, struct perf_event *event)
{
	return 0;
}

static u64 of_channel(u64 bytes, unsigned int channel)
{
	return bytes / CHANNELS + (channel < bytes % CHANNELS);
}

static u64 count(const struct lab_ddr *ddr, const struct lab_counts *at,
		 const struct perf_event *event)
{
	struct lab_traffic all = lab_ddr_sum(ddr, at);
	u64 config = event->attr.config;
	unsigned int nth;

	switch (config) {
	case CYCLES:
		return ktime_get_mono_fast_ns();
	case READ_BYTES:
		return all.read;
	case WRITE_BYTES:
		return all.written;
	case BYTES:
		return all.read + all.written;
	}
	if (config >= EVENTS)
		return 0;

	nth = config - FIRST_CHANNEL;

	return of_channel(nth % 2 ? all.written : all.read, nth / 2);
}

const struct lab_ddr_profile lab_ddr_rockchip = {
	.parameter = "rockchip",
	.name = "rockchip_ddr",
	.groups = groups,
	.refusal = -EINVAL,
	.takes_samples = true,
	.check = check,
	.count = count,
};
