// SPDX-License-Identifier: GPL-2.0
/*
 * Poses as an Amlogic G12A: drivers/perf/amlogic/meson_ddr_pmu_core.c and
 * meson_g12_ddr_pmu.c of Linux 7.3. A count is 16 bytes, read or written:
 * nobody can tell which. Besides all of it, four channels count the ports that
 * an event has the bits of. Whatever event starts, all that count begin again
 * at 0, and what one had counted before it was stopped is forgotten.
 */

#include <linux/bitops.h>
#include <linux/device.h>

#include "lab_ddr.h"

#define UNIT 16
#define ALL 0
#define CHANNELS 4
#define PORTS_OF_CHANNEL 4

#define BYTES_EVENT(_name, _id)				\
	LAB_DDR_EVENT(_name, _id),			\
	LAB_DDR_TEXT(_name.unit, "MB"),		\
	LAB_DDR_TEXT(_name.scale, "1.52587890625e-05")

static struct attribute *events[] = {
	BYTES_EVENT(total_rw_bytes, ALL),
	BYTES_EVENT(chan_1_rw_bytes, 1),
	BYTES_EVENT(chan_2_rw_bytes, 2),
	BYTES_EVENT(chan_3_rw_bytes, 3),
	BYTES_EVENT(chan_4_rw_bytes, 4),
	NULL
};

static const struct attribute_group events_group = { .name = "events", .attrs = events };

#define PORT(_name, _bit) LAB_DDR_TEXT(_name, "config1:" #_bit "")

static struct attribute *formats[] = {
	LAB_DDR_TEXT(event, "config:0-7"),
	PORT(arm, 0), PORT(gpu, 1), PORT(pcie, 2), PORT(hdcp, 3), PORT(hevc_front, 4),
	PORT(usb3_0, 6), PORT(device, 7), PORT(hevc_back, 8), PORT(h265enc, 9),
	PORT(vpu_read1, 16), PORT(vpu_read2, 17), PORT(vpu_read3, 18), PORT(vpu_write1, 19),
	PORT(vpu_write2, 20), PORT(vdec, 21), PORT(hcodec, 22), PORT(ge2d, 23),
	PORT(spicc1, 32), PORT(usb0, 33), PORT(dma, 34), PORT(arb0, 35), PORT(sd_emmc_b, 36),
	PORT(usb1, 37), PORT(audio, 38), PORT(aififo, 39), PORT(parser, 41), PORT(ao_cpu, 42),
	PORT(sd_emmc_c, 43), PORT(spicc2, 44), PORT(ethernet, 45), PORT(sana, 46),
	NULL
};

static const struct attribute_group format_group = { .name = "format", .attrs = formats };

static struct attribute *identifier[] = { LAB_DDR_TEXT(identifier, "meson_ddr_bw"), NULL };

static const struct attribute_group identifier_group = { .attrs = identifier };

static const struct attribute_group *groups[] = {
	&events_group, &format_group, &lab_ddr_cpumask_group, &identifier_group, NULL
};

static int check(const struct lab_ddr *ddr, struct perf_event *event)
{
	const struct perf_event_attr *attr = &event->attr;

	if (attr->config != ALL &&
	    hweight64(attr->config1) + hweight64(attr->config2) > PORTS_OF_CHANNEL)
		return -EOPNOTSUPP;

	return 0;
}

static bool is_meant(unsigned int port, const struct perf_event *event)
{
	u64 ports = port < 64 ? event->attr.config1 : event->attr.config2;

	return port < 128 && ports & BIT_ULL(port % 64);
}

static u64 count(const struct lab_ddr *ddr, const struct lab_counts *at,
		 const struct perf_event *event)
{
	struct lab_traffic traffic = {};

	if (event->attr.config == ALL)
		traffic = lab_ddr_sum(ddr, at);
	else if (event->attr.config <= CHANNELS)
		traffic = lab_ddr_sum_of(ddr, at, is_meant, event);

	return (traffic.read + traffic.written) / UNIT;
}

const struct lab_ddr_profile lab_ddr_amlogic = {
	.parameter = "amlogic",
	.name = "meson_ddr_bw",
	.groups = groups,
	.refusal = -EOPNOTSUPP,
	.restarts = true,
	.check = check,
	.count = count,
};
