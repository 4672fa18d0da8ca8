/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A PMU whose counts come from the emulator that the board runs in: the bytes
 * that its CPUs read and write, by region of the memory. It has its own events,
 * or poses as the PMU of an SoC.
 */
#ifndef LAB_DDR_H
#define LAB_DDR_H

#include <linux/perf_event.h>
#include <linux/spinlock.h>

#include "counts.h"

#define LAB_DDR_COUNTERS 4

struct lab_ddr {
	struct pmu pmu;
	const struct lab_ddr_profile *profile;
	struct device *dev;
	const char *names[LAB_COUNTS_REGIONS];	/* of the regions, from 0 */
	unsigned int regions;
	raw_spinlock_t lock;			/* of what follows, and of asking the emulator */
	struct lab_counts *page;
	struct lab_counts now;			/* what the emulator said last */
	struct lab_counts start;		/* what it said when an event was last started */
	unsigned int held;			/* while not 0, all counts are of one moment */
	bool reads_group;
	struct perf_event *counters[LAB_DDR_COUNTERS];	/* where they are few */
};

/* What a PMU looks like to userspace, and what is peculiar to it. */
struct lab_ddr_profile {
	const char *parameter;			/* "profile=" that */
	const char *name;			/* in sysfs */
	const struct attribute_group **groups;
	int refusal;				/* of events of a task, and of those that sample */
	bool takes_samples;			/* the latter are not refused, and never sample */
	bool restarts;				/* an event that starts has all begin at 0 */
	/* Whether the event is one of this PMU's: 0 or an error. */
	int (*check)(const struct lab_ddr *ddr, struct perf_event *event);
	/* What it stands at, in its own unit, when the emulator says `at`. Only grows. */
	u64 (*count)(const struct lab_ddr *ddr, const struct lab_counts *at,
		     const struct perf_event *event);
	/* Takes a counter for the event and gives it back, where these are few. */
	int (*claim)(struct lab_ddr *ddr, struct perf_event *event);
	void (*release)(struct lab_ddr *ddr, struct perf_event *event);
	/* What is counted at most before a read, where more is lost; 0 for no end. */
	u64 (*most)(const struct perf_event *event);
};

extern const struct lab_ddr_profile lab_ddr_plain, lab_ddr_imx8mp, lab_ddr_rockchip, lab_ddr_amlogic;

extern const struct attribute_group lab_ddr_cpumask_group;

/* "event=0x01" */
ssize_t lab_ddr_event_show(struct device *dev, struct device_attribute *attr, char *page);

#define LAB_DDR_EVENT(_name, _id) PMU_EVENT_ATTR_ID(_name, lab_ddr_event_show, _id)

/* An attribute that says the same text always: NAME.unit, NAME.scale. */
#define LAB_DDR_TEXT(_name, _text)					\
	(&((struct perf_pmu_events_attr[]) {				\
		{ .attr = __ATTR(_name, 0444, perf_event_sysfs_show, NULL),	\
		  .event_str = _text, }					\
	})[0].attr.attr)

struct lab_ddr *lab_ddr_of_device(struct device *dev);

/* Of all regions. */
struct lab_traffic lab_ddr_sum(const struct lab_ddr *ddr, const struct lab_counts *at);

/* Of the regions whose accesses pose as a master's (module parameter `masters`) that `is_meant`. */
struct lab_traffic lab_ddr_sum_of(const struct lab_ddr *ddr, const struct lab_counts *at,
				  bool (*is_meant)(unsigned int master, const struct perf_event *event),
				  const struct perf_event *event);

#endif
