// SPDX-License-Identifier: GPL-2.0
/*
 * The PMU itself: asks the emulator what was counted, and hands that to perf as
 * a device's PMU does, on one CPU, without samples and for no task. A node of
 * the device tree says where the emulator answers and what its regions are
 * called; lab/traffic/traffic.py adds it to boards that count.
 */

#include <linux/cpumask.h>
#include <linux/io.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/platform_device.h>

#include "lab_ddr.h"
#include "marks.h"

static char *profile_name = "plain";
module_param_named(profile, profile_name, charp, 0444);
MODULE_PARM_DESC(profile, "what it poses as: plain (lab_ddr), imx8mp, rockchip or amlogic");

static unsigned short masters[LAB_COUNTS_REGIONS];
module_param_array(masters, ushort, NULL, 0444);
MODULE_PARM_DESC(masters,
		 "for each region, the AXI ID or port that accesses to it pose as; 0, a CPU's, by default");

static const struct lab_ddr_profile *const profiles[] = {
	&lab_ddr_plain, &lab_ddr_imx8mp, &lab_ddr_rockchip, &lab_ddr_amlogic,
};

static struct lab_ddr *to_lab_ddr(struct pmu *pmu)
{
	return container_of(pmu, struct lab_ddr, pmu);
}

struct lab_ddr *lab_ddr_of_device(struct device *dev)
{
	return to_lab_ddr(dev_get_drvdata(dev));
}

struct lab_traffic lab_ddr_sum_of(const struct lab_ddr *ddr, const struct lab_counts *at,
				  bool (*is_meant)(unsigned int master, const struct perf_event *event),
				  const struct perf_event *event)
{
	struct lab_traffic sum = {};
	unsigned int i;

	for (i = 0; i < ddr->regions; i++) {
		if (is_meant && !is_meant(masters[i], event))
			continue;
		sum.read += at->regions[i].read;
		sum.written += at->regions[i].written;
	}

	return sum;
}

struct lab_traffic lab_ddr_sum(const struct lab_ddr *ddr, const struct lab_counts *at)
{
	return lab_ddr_sum_of(ddr, at, NULL, NULL);
}

ssize_t lab_ddr_event_show(struct device *dev, struct device_attribute *attr, char *page)
{
	struct perf_pmu_events_attr *event = container_of(attr, struct perf_pmu_events_attr, attr);

	return sysfs_emit(page, "event=0x%02llx\n", event->id);
}

static ssize_t cpumask_show(struct device *dev, struct device_attribute *attr, char *page)
{
	return sysfs_emit(page, "0\n");
}
static DEVICE_ATTR_RO(cpumask);

static struct attribute *lab_ddr_cpumask_attrs[] = { &dev_attr_cpumask.attr, NULL };

const struct attribute_group lab_ddr_cpumask_group = {
	.attrs = lab_ddr_cpumask_attrs,
};

/* The emulator answers before the next instruction, or there is none that counts. */
static bool lab_ddr_ask(struct lab_ddr *ddr)
{
	u64 answers = READ_ONCE(ddr->page->answers);

	asm volatile("hint %0" : : "i"(MARK_ASK) : "memory");
	if (READ_ONCE(ddr->page->answers) == answers)
		return false;
	memcpy(&ddr->now, ddr->page, sizeof(ddr->now));

	return true;
}

static void lab_ddr_look(struct lab_ddr *ddr)
{
	if (!ddr->held && !lab_ddr_ask(ddr))
		dev_warn_once(ddr->dev, "the emulator counts no more\n");
}

static void lab_ddr_hold(struct pmu *pmu)
{
	struct lab_ddr *ddr = to_lab_ddr(pmu);

	guard(raw_spinlock_irqsave)(&ddr->lock);
	lab_ddr_look(ddr);
	ddr->held++;
}

static void lab_ddr_let_go(struct pmu *pmu)
{
	struct lab_ddr *ddr = to_lab_ddr(pmu);

	guard(raw_spinlock_irqsave)(&ddr->lock);
	ddr->held--;
}

/* perf holds the PMU while it adds a group; that it reads one must be seen to here. */
static void lab_ddr_start_txn(struct pmu *pmu, unsigned int flags)
{
	if (flags & PERF_PMU_TXN_READ)
		lab_ddr_hold(pmu);
	to_lab_ddr(pmu)->reads_group = flags & PERF_PMU_TXN_READ;
}

static int lab_ddr_commit_txn(struct pmu *pmu)
{
	if (to_lab_ddr(pmu)->reads_group)
		lab_ddr_let_go(pmu);
	to_lab_ddr(pmu)->reads_group = false;

	return 0;
}

static void lab_ddr_cancel_txn(struct pmu *pmu)
{
	lab_ddr_commit_txn(pmu);
}

static int lab_ddr_event_init(struct perf_event *event)
{
	struct lab_ddr *ddr = to_lab_ddr(event->pmu);
	const struct lab_ddr_profile *profile = ddr->profile;
	int ret;

	if (event->attr.type != event->pmu->type)
		return -ENOENT;
	if (is_sampling_event(event) && !profile->takes_samples)
		return profile->refusal;
	if (event->cpu < 0 || event->attach_state & PERF_ATTACH_TASK)
		return profile->refusal;

	ret = profile->check(ddr, event);
	if (ret)
		return ret;

	event->cpu = 0;

	return 0;
}

static void lab_ddr_update(struct perf_event *event)
{
	struct lab_ddr *ddr = to_lab_ddr(event->pmu);
	const struct lab_ddr_profile *profile = ddr->profile;
	u64 now, more, most = profile->most ? profile->most(event) : 0;

	guard(raw_spinlock_irqsave)(&ddr->lock);
	lab_ddr_look(ddr);
	now = profile->count(ddr, &ddr->now, event);
	if (profile->restarts) {
		local64_set(&event->count, now - profile->count(ddr, &ddr->start, event));
		return;
	}

	more = now - local64_xchg(&event->hw.prev_count, now);
	if (most && more > most) {
		dev_warn_ratelimited(ddr->dev,
				     "events lost due to counter overflow (config 0x%llx)\n",
				     event->attr.config);
		more = most;
	}
	local64_add(more, &event->count);
}

static void lab_ddr_start(struct perf_event *event, int flags)
{
	struct lab_ddr *ddr = to_lab_ddr(event->pmu);

	guard(raw_spinlock_irqsave)(&ddr->lock);
	lab_ddr_look(ddr);
	ddr->start = ddr->now;
	local64_set(&event->hw.prev_count, ddr->profile->count(ddr, &ddr->now, event));
	event->hw.state = 0;
}

static void lab_ddr_stop(struct perf_event *event, int flags)
{
	if (event->hw.state & PERF_HES_STOPPED)
		return;
	lab_ddr_update(event);
	event->hw.state |= PERF_HES_STOPPED | PERF_HES_UPTODATE;
}

static int lab_ddr_add(struct perf_event *event, int flags)
{
	struct lab_ddr *ddr = to_lab_ddr(event->pmu);
	int ret = ddr->profile->claim ? ddr->profile->claim(ddr, event) : 0;

	if (ret)
		return ret;

	event->hw.state = PERF_HES_STOPPED | PERF_HES_UPTODATE;
	if (flags & PERF_EF_START)
		lab_ddr_start(event, flags);

	return 0;
}

static void lab_ddr_del(struct perf_event *event, int flags)
{
	struct lab_ddr *ddr = to_lab_ddr(event->pmu);

	lab_ddr_stop(event, PERF_EF_UPDATE);
	if (ddr->profile->release)
		ddr->profile->release(ddr, event);
}

static const struct lab_ddr_profile *lab_ddr_chosen(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(profiles); i++)
		if (!strcmp(profiles[i]->parameter, profile_name))
			return profiles[i];

	return NULL;
}

static int lab_ddr_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct resource *resource = platform_get_resource(pdev, IORESOURCE_MEM, 0);
	struct lab_ddr *ddr;
	int ret;

	if (!resource || resource_size(resource) < sizeof(struct lab_counts))
		return dev_err_probe(dev, -EINVAL, "no room for the emulator's answers\n");

	ddr = devm_kzalloc(dev, sizeof(*ddr), GFP_KERNEL);
	if (!ddr)
		return -ENOMEM;

	ddr->dev = dev;
	raw_spin_lock_init(&ddr->lock);
	ddr->profile = lab_ddr_chosen();
	if (!ddr->profile)
		return dev_err_probe(dev, -EINVAL, "there is no profile %s\n",
				     profile_name);

	ret = of_property_read_string_array(dev->of_node, "region-names", ddr->names,
					    ARRAY_SIZE(ddr->names));
	if (ret < 0)
		return dev_err_probe(dev, ret, "the regions have no names\n");
	ddr->regions = ret;

	ddr->page = devm_memremap(dev, resource->start, resource_size(resource), MEMREMAP_WB);
	if (IS_ERR(ddr->page))
		return PTR_ERR(ddr->page);
	if (!lab_ddr_ask(ddr))
		return dev_err_probe(dev, -ENXIO, "the emulator counts nothing\n");

	ddr->pmu = (struct pmu) {
		.module = THIS_MODULE,
		.parent = dev,
		.capabilities = PERF_PMU_CAP_NO_EXCLUDE,
		.task_ctx_nr = perf_invalid_context,
		.attr_groups = ddr->profile->groups,
		.event_init = lab_ddr_event_init,
		.pmu_disable = lab_ddr_hold,
		.pmu_enable = lab_ddr_let_go,
		.start_txn = lab_ddr_start_txn,
		.commit_txn = lab_ddr_commit_txn,
		.cancel_txn = lab_ddr_cancel_txn,
		.add = lab_ddr_add,
		.del = lab_ddr_del,
		.start = lab_ddr_start,
		.stop = lab_ddr_stop,
		.read = lab_ddr_update,
	};
	platform_set_drvdata(pdev, ddr);

	return perf_pmu_register(&ddr->pmu, ddr->profile->name, -1);
}

static void lab_ddr_remove(struct platform_device *pdev)
{
	struct lab_ddr *ddr = platform_get_drvdata(pdev);

	perf_pmu_unregister(&ddr->pmu);
}

static const struct of_device_id lab_ddr_of_match[] = {
	{ .compatible = "heapsel,lab-ddr" },
	{ }
};
MODULE_DEVICE_TABLE(of, lab_ddr_of_match);

static struct platform_driver lab_ddr_driver = {
	.driver = {
		.name = "lab_ddr",
		.of_match_table = lab_ddr_of_match,
		.suppress_bind_attrs = true,
	},
	.probe = lab_ddr_probe,
	.remove = lab_ddr_remove,
};
module_platform_driver(lab_ddr_driver);

MODULE_DESCRIPTION("A PMU for what heapsel's emulated board reads and writes");
MODULE_LICENSE("GPL");
