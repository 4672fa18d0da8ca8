// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What the doctor says of a kernel that lacks heaps, or a kind of them.
#include "inspect/doctor/diagnosis.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "diagnosis_facts.hpp"

namespace heapsel {
namespace {

using namespace test::doctor;

const std::string build_all =
    "Take a kernel that has them (docs/distributions.md lists some), or build this one with "
    "CONFIG_DMABUF_HEAPS=y, CONFIG_DMABUF_HEAPS_SYSTEM=y and, for contiguous memory, "
    "CONFIG_DMA_CMA=y and CONFIG_DMABUF_HEAPS_CMA=y.";
const std::string until_then =
    " Until then, --udmabuf takes memory that need not be contiguous through /dev/udmabuf.";

/// Checks of the kernel alone, with those that are ok.
Checks kernel_checks(const Facts& facts, const Wish& wanted = {}) {
    auto checks = examine(wanted, facts).value();
    std::erase_if(checks, [](const Check& one) { return one.subject != "kernel"; });
    return checks;
}

/// healthy(), and its kernel's configuration was read.
Facts configured(std::map<std::string, char> options) {
    Facts facts = healthy();
    facts.kernel.configuration = "/boot/config-7.2.13";
    facts.kernel.options = std::move(options);
    return facts;
}

/// The same without one of the two heaps: 0 is contiguous, 1 is system.
Facts without(std::size_t heap, Facts facts) {
    facts.heaps.erase(facts.heaps.begin() + static_cast<std::ptrdiff_t>(heap));
    facts.kernel.heaps.erase(facts.kernel.heaps.begin() + static_cast<std::ptrdiff_t>(heap));
    return facts;
}

Wish requiring_contiguous(bool wanted) {
    Wish made;
    made.policy.require = {{.trait = Trait::contiguous, .wanted = wanted}};
    return made;
}

TEST(DiagnosisOfTheKernel, WithoutHeapsItIsToBeBuiltWithThem) {
    Facts facts;
    EXPECT_EQ(kernel_checks(facts),
              (Checks{check("kernel", Condition::problem,
                            "The kernel has no dma-buf heaps: there is no /sys/class/dma_heap; the "
                            "kernel's configuration cannot be read.",
                            build_all)}));
    facts.kernel.release = "7.2.13";
    facts.kernel.configuration = "/boot/config-7.2.13";
    EXPECT_EQ(kernel_checks(facts),
              (Checks{check("kernel", Condition::problem,
                            "Linux 7.2.13 has no dma-buf heaps: CONFIG_DMABUF_HEAPS is not in "
                            "/boot/config-7.2.13.",
                            build_all)}));
    facts.kernel.has_udmabuf = true;
    EXPECT_EQ(kernel_checks(facts).at(0).hint, build_all + until_then);
}

TEST(DiagnosisOfTheKernel, HeapsThatAreInItNeedSysfsToBeSeen) {
    Facts facts;
    facts.kernel.release = "7.2.13";
    facts.kernel.configuration = "/boot/config-7.2.13";
    facts.kernel.options = {{"DMABUF_HEAPS", 'y'}};
    EXPECT_EQ(kernel_checks(facts),
              (Checks{check("kernel", Condition::problem,
                            "Linux 7.2.13 has heaps (/boot/config-7.2.13), and there "
                            "is no /sys/class/dma_heap.",
                            "Mount sysfs.", {"sudo mount -t sysfs sysfs /sys"})}));
}

TEST(DiagnosisOfTheKernel, ModulesThatRegisterHeapsAreToBeLoaded) {
    Facts facts;
    facts.kernel.has_framework = true;
    facts.kernel.loadable_modules = {"cma_heap", "system_heap"};
    EXPECT_EQ(
        kernel_checks(facts),
        (Checks{check("kernel", Condition::problem, "The kernel can have heaps, and has none.",
                      "Load the modules that register heaps, now and at each boot.",
                      {"sudo modprobe cma_heap", "sudo modprobe system_heap",
                       "printf '%s\\n' cma_heap system_heap | sudo tee "
                       "/etc/modules-load.d/heapsel.conf"})}));
}

TEST(DiagnosisOfTheKernel, HeapsThatWereNotBuiltAreNamedByTheirOptions) {
    Facts facts;
    facts.kernel.has_framework = true;
    EXPECT_EQ(
        kernel_checks(facts).at(0).finding,
        "The kernel can have heaps, and has none; the kernel's configuration cannot be read.");
    facts.kernel.configuration = "/proc/config.gz";
    facts.kernel.options = {{"DMABUF_HEAPS", 'y'}};
    EXPECT_EQ(kernel_checks(facts),
              (Checks{check("kernel", Condition::problem,
                            "The kernel can have heaps, and has none: CONFIG_DMABUF_HEAPS_SYSTEM "
                            "is not in /proc/config.gz; CONFIG_DMA_CMA and CONFIG_DMABUF_HEAPS_CMA "
                            "are not in /proc/config.gz.",
                            build_all)}));
    facts.kernel.options = {{"DMA_CMA", 'y'}, {"DMABUF_HEAPS_CMA", 'y'}};
    EXPECT_EQ(kernel_checks(facts).at(0).finding,
              "The kernel can have heaps, and has none: CONFIG_DMABUF_HEAPS_SYSTEM is not in "
              "/proc/config.gz; no CMA area is known for the kernel's CMA heap.");
}

TEST(DiagnosisOfTheKernel, ModulesThatAreNotInstalledAreToBe) {
    Facts facts;
    facts.kernel.release = "7.2.13";
    facts.kernel.has_framework = true;
    facts.kernel.configuration = "/proc/config.gz";
    facts.kernel.options = {{"DMABUF_HEAPS_SYSTEM", 'm'}, {"DMA_CMA", 'y'}};
    EXPECT_EQ(kernel_checks(facts),
              (Checks{check("kernel", Condition::problem,
                            "Linux 7.2.13 can have heaps, and has none: CONFIG_DMABUF_HEAPS_SYSTEM "
                            "is m in /proc/config.gz, and /lib/modules/7.2.13 has no system_heap; "
                            "CONFIG_DMABUF_HEAPS_CMA is not in /proc/config.gz.",
                            "Install the package with the rest of this kernel's modules.")}));
}

TEST(DiagnosisOfTheKernel, AModuleThatIsLoadedIsNotLoadedAgain) {
    Facts facts;
    facts.kernel.has_framework = true;
    facts.kernel.loadable_modules = {"cma_heap", "system_heap"};
    facts.kernel.loaded_modules = {"cma_heap"};
    EXPECT_EQ(kernel_checks(facts).at(0).commands.front(), "sudo modprobe system_heap");
}

TEST(DiagnosisOfTheKernel, AMachineWithBothKindsHasNothingToTell) {
    EXPECT_EQ(kernel_checks(configured({})),
              (Checks{check("kernel", Condition::ok, "Linux 7.2.13 has 2 heaps.")}));
}

TEST(DiagnosisOfTheKernel, AKindThatNobodyRequiresIsNoProblem) {
    const Facts facts = without(0, configured({{"DMABUF_HEAPS", 'y'}}));
    const Checks told{check("kernel", Condition::ok, "Linux 7.2.13 has 1 heap."),
                      check("kernel", Condition::ok,
                            "No heap is known to be contiguous: CONFIG_DMA_CMA and "
                            "CONFIG_DMABUF_HEAPS_CMA are not in /boot/config-7.2.13.")};
    EXPECT_EQ(kernel_checks(facts), told);
    EXPECT_EQ(kernel_checks(facts, requiring_contiguous(false)), told);
}

TEST(DiagnosisOfTheKernel, WhyAKindIsMissingIsToldOnlyWhereItIsKnownOrRequired) {
    const Facts facts = without(0, healthy());
    EXPECT_EQ(kernel_checks(facts).size(), 1U);
    EXPECT_EQ(
        found(facts, requiring_contiguous(true)),
        (Checks{check(
            "kernel", Condition::problem,
            "No heap is known to be contiguous: the kernel's configuration cannot be read.",
            "Boot with cma=64M on the kernel's command line, or give /reserved-memory a reusable "
            "shared-dma-pool. If that makes no heap, take a kernel with the CMA heap "
            "(docs/distributions.md lists some), or build this one with CONFIG_DMA_CMA=y and "
            "CONFIG_DMABUF_HEAPS_CMA=y.")}));
}

TEST(DiagnosisOfTheKernel, WithoutTheCmaHeapItIsToBeBuilt) {
    const Facts facts = without(0, configured({{"DMABUF_HEAPS", 'y'}, {"DMA_CMA", 'y'}}));
    EXPECT_EQ(found(facts, requiring_contiguous(true)),
              (Checks{check("kernel", Condition::problem,
                            "No heap is known to be contiguous: CONFIG_DMABUF_HEAPS_CMA is not in "
                            "/boot/config-7.2.13.",
                            "Take a kernel with the CMA heap (docs/distributions.md lists some), "
                            "or build this one with CONFIG_DMABUF_HEAPS_CMA=y; then boot with "
                            "cma=64M on the kernel's command line, or give "
                            "/reserved-memory a reusable shared-dma-pool.")}));
}

TEST(DiagnosisOfTheKernel, TheCmaHeapWithoutAnAreaNeedsOne) {
    const Checks no_area{
        check("kernel", Condition::problem,
              "No heap is known to be contiguous: no CMA area is known for the kernel's CMA heap.",
              "Boot with cma=64M on the kernel's command line, or give /reserved-memory a "
              "reusable shared-dma-pool.")};
    const Facts built_in = without(0, configured({{"DMA_CMA", 'y'}, {"DMABUF_HEAPS_CMA", 'y'}}));
    EXPECT_EQ(found(built_in, requiring_contiguous(true)), no_area);
    Facts loaded = without(0, configured({{"DMA_CMA", 'y'}, {"DMABUF_HEAPS_CMA", 'm'}}));
    loaded.kernel.loadable_modules = {"cma_heap"};
    loaded.kernel.loaded_modules = {"cma_heap"};
    EXPECT_EQ(found(loaded, requiring_contiguous(true)), no_area);
}

TEST(DiagnosisOfTheKernel, AnAreaThatIsNotTheDefaultOneMakesNoHeapOnOlderKernels) {
    Facts facts = without(0, configured({{"DMA_CMA", 'y'}, {"DMABUF_HEAPS_CMA", 'y'}}));
    facts.cma_areas = 1;
    EXPECT_EQ(found(facts, requiring_contiguous(true)),
              (Checks{check("kernel", Condition::problem,
                            "No heap is known to be contiguous: the kernel's CMA heap has taken "
                            "none of 1 CMA area.",
                            "Boot with cma=64M on the kernel's command line: older kernels make a "
                            "heap of the default area alone.")}));
}

TEST(DiagnosisOfTheKernel, AModuleIsToBeLoadedOrInstalled) {
    Facts facts = without(0, configured({{"DMA_CMA", 'y'}, {"DMABUF_HEAPS_CMA", 'm'}}));
    EXPECT_EQ(found(facts, requiring_contiguous(true)),
              (Checks{check("kernel", Condition::problem,
                            "No heap is known to be contiguous: CONFIG_DMABUF_HEAPS_CMA is m in "
                            "/boot/config-7.2.13, and /lib/modules/7.2.13 has no cma_heap.",
                            "Install the package with the rest of this kernel's modules.")}));
    facts.kernel.loadable_modules = {"cma_heap"};
    EXPECT_EQ(found(facts, requiring_contiguous(true)),
              (Checks{check("kernel", Condition::problem,
                            "No heap is known to be contiguous: the module cma_heap is not loaded.",
                            "Load the modules that register heaps, now and at each boot.",
                            {"sudo modprobe cma_heap", "printf '%s\\n' cma_heap | sudo tee "
                                                       "/etc/modules-load.d/heapsel.conf"})}));
}

TEST(DiagnosisOfTheKernel, AMissingSystemHeapHasAStandIn) {
    Facts facts = without(1, configured({{"DMABUF_HEAPS", 'y'}}));
    facts.kernel.has_udmabuf = true;
    EXPECT_EQ(found(facts, requiring_contiguous(false)),
              (Checks{check("kernel", Condition::problem,
                            "No heap is known to hand out scattered memory: "
                            "CONFIG_DMABUF_HEAPS_SYSTEM is not in /boot/config-7.2.13.",
                            "Take a kernel with the system heap (docs/distributions.md lists "
                            "some), or build this one with CONFIG_DMABUF_HEAPS_SYSTEM=y." +
                                until_then)}));
    facts.kernel.options = {{"DMABUF_HEAPS_SYSTEM", 'y'}};
    EXPECT_EQ(found(facts, requiring_contiguous(false)),
              (Checks{check("kernel", Condition::problem,
                            "No heap is known to hand out scattered memory: the kernel's system "
                            "heap has registered none.",
                            "The kernel's log says why:", {"sudo dmesg | grep -i dma_heap"})}));
}

TEST(DiagnosisOfTheKernel, AnAreaWithoutMemoryIsAHeapOfItsKind) {
    Facts facts = configured({{"DMABUF_HEAPS", 'y'}});
    facts.heaps[0].heap.size = 0;
    EXPECT_EQ(kernel_checks(facts, requiring_contiguous(true)).size(), 1U);
}

} // namespace
} // namespace heapsel
