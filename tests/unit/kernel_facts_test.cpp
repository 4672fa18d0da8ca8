// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/kernel_facts.hpp"

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "packed_configuration.hpp"
#include "temporary_directory.hpp"

namespace heapsel {
namespace {

using Options = std::map<std::string, char>;
using Names = std::vector<std::string>;

TEST(KernelFacts, OnlyOptionsThatAreOnAndThatHeapsNeedCount) {
    EXPECT_EQ(heap_options("CONFIG_DMABUF_HEAPS=y\n# CONFIG_DMABUF_HEAPS_CMA is not set\n"
                           "CONFIG_DMABUF_HEAPS_SYSTEM=m\nCONFIG_DMA_CMA=n\nCONFIG_USB=y\n"
                           "DMABUF_HEAPS_CMA=y\nCONFIG_DMABUF_HEAPS_CMA"),
              (Options{{"DMABUF_HEAPS", 'y'}, {"DMABUF_HEAPS_SYSTEM", 'm'}}));
    EXPECT_EQ(heap_options(""), Options{});
}

TEST(KernelFacts, ModulesAreFoundPackedAndUnpacked) {
    EXPECT_EQ(heap_modules("kernel/drivers/dma-buf/heaps/system_heap.ko:\n"
                           "kernel/drivers/dma-buf/heaps/cma_heap.ko.xz: kernel/mm/other.ko\n"
                           "kernel/drivers/other_heap.ko:\n"
                           "kernel/x.ko: kernel/drivers/dma-buf/heaps/system_heap.ko\n"),
              (Names{"cma_heap", "system_heap"}));
    EXPECT_EQ(heap_modules("system_heap"), Names{"system_heap"});
    EXPECT_EQ(heap_modules("\n:\n/\n"), Names{});
}

TEST(KernelFacts, AreReadFromTheFilesOfTheRunningRelease) {
    const test::TemporaryDirectory directory;
    directory.write("proc/sys/kernel/osrelease", "7.2.13\n");
    directory.write("boot/config-7.2.12", "CONFIG_DMABUF_HEAPS=m\n");
    directory.write("boot/config-7.2.13", "CONFIG_DMABUF_HEAPS=y\n");
    directory.write("lib/modules/7.2.13/modules.dep", "kernel/system_heap.ko:\n");
    directory.write("sys/class/dma_heap/system/dev", "250:0\n");
    directory.make_directory("sys/class/dma_heap/reserved");
    const KernelFacts facts = read_kernel_facts(directory.path());
    EXPECT_EQ(facts.release, "7.2.13");
    EXPECT_EQ(facts.configuration, directory.path() / "boot/config-7.2.13");
    EXPECT_EQ(facts.options, (Options{{"DMABUF_HEAPS", 'y'}}));
    EXPECT_EQ(facts.loadable_modules, Names{"system_heap"});
    EXPECT_TRUE(facts.has_framework);
    EXPECT_EQ(facts.heaps, (std::vector<KernelHeap>{{.name = "reserved", .number = {}},
                                                    {.name = "system", .number = "250:0"}}));
}

TEST(KernelFacts, WhatTheKernelKeepsOfItsConfigurationGoesBeforeFiles) {
    const test::TemporaryDirectory directory;
    directory.write("proc/sys/kernel/osrelease", "7.3.4");
    directory.write("boot/config-7.3.4", "CONFIG_DMABUF_HEAPS=y\n");
    directory.write("proc/config.gz", test::packed_configuration());
    EXPECT_EQ(read_kernel_facts(directory.path()).configuration,
              directory.path() / "proc/config.gz");
    EXPECT_EQ(read_kernel_facts(directory.path()).options,
              (Options{{"DMABUF_HEAPS", 'y'}, {"DMABUF_HEAPS_SYSTEM", 'm'}, {"UDMABUF", 'y'}}));
    directory.write("proc/config.gz", test::packed_configuration().substr(0, 60));
    EXPECT_EQ(read_kernel_facts(directory.path()).configuration,
              directory.path() / "boot/config-7.3.4");
}

TEST(KernelFacts, AConfigurationIsReadWithoutARelease) {
    const test::TemporaryDirectory directory;
    directory.write("proc/config.gz", test::packed_configuration());
    EXPECT_EQ(read_kernel_facts(directory.path()).configuration,
              directory.path() / "proc/config.gz");
}

TEST(KernelFacts, ModulesThatAreLoadedAreInSysfs) {
    const test::TemporaryDirectory directory;
    directory.make_directory("sys/module/system_heap");
    directory.make_directory("sys/module/other");
    EXPECT_EQ(read_kernel_facts(directory.path()).loaded_modules, Names{"system_heap"});
}

TEST(KernelFacts, UdmabufIsKnownByItsNodeOrByItsOption) {
    const test::TemporaryDirectory directory;
    EXPECT_FALSE(read_kernel_facts(directory.path()).has_udmabuf);
    directory.write("dev/udmabuf");
    EXPECT_TRUE(read_kernel_facts(directory.path()).has_udmabuf);
    const test::TemporaryDirectory configured;
    configured.write("proc/config.gz", test::packed_configuration());
    EXPECT_TRUE(read_kernel_facts(configured.path()).has_udmabuf);
}

TEST(KernelFacts, AReleaseThatLeadsElsewhereIsNone) {
    const test::TemporaryDirectory directory;
    for (const char* const release : {"../../etc", "..", ".", "a/b", "", "a\nb"}) {
        directory.write("proc/sys/kernel/osrelease", release);
        EXPECT_EQ(read_kernel_facts(directory.path()).release, "") << release;
    }
}

TEST(KernelFacts, AMachineThatSaysNothingHasNone) {
    const test::TemporaryDirectory directory;
    const KernelFacts facts = read_kernel_facts(directory.path());
    EXPECT_EQ(facts.release, "");
    EXPECT_EQ(facts.configuration, "");
    EXPECT_FALSE(facts.has_framework);
    EXPECT_TRUE(facts.heaps.empty());
}

} // namespace
} // namespace heapsel
