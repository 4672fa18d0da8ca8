// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/heap_name.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "heap_builder.hpp"

namespace heapsel {
namespace {

using Findings = std::vector<NameFinding>;

NameFinding finding(NameRule rule, std::string problem, std::string suggestion) {
    return {.rule = rule, .problem = std::move(problem), .suggestion = std::move(suggestion)};
}

TEST(HeapName, NamesThatTheKernelDocumentsOrRegistersKeepTheRules) {
    for (const char* const name :
         {"system", "system_cc_shared", "default_cma_region", "protected,secure-video",
          "protected,trusted-ui", "protected,secure-video-record", "memory@42000000-contiguous",
          "video@42000000", "nonecc@58000000"})
        EXPECT_EQ(lint_heap_name(name), Findings{}) << name;
}

TEST(HeapName, TheKernelsBadExampleIsCalledAsItsGoodOne) {
    EXPECT_EQ(lint_heap_name("cma-video"),
              (Findings{finding(NameRule::implementation, R"("cma" is how the memory is managed)",
                                "Call it video@ADDRESS, with the address at which its memory "
                                "begins.")}));
    Heap heap = test::heap("cma-video");
    heap.region = Region{.base = 0x42000000, .size = 0x1000};
    EXPECT_EQ(lint_heap(heap),
              (Findings{finding(NameRule::implementation, R"("cma" is how the memory is managed)",
                                "Call it video@42000000.")}));
}

TEST(HeapName, AnAddressOfTwoCellsMayBeInTwoParts) {
    EXPECT_EQ(lint_heap_name("frames@1,80000000"), Findings{});
    Heap heap = test::heap("frames@1,80000000");
    heap.region = Region{.base = 0x180000000, .size = 0x1000};
    EXPECT_EQ(lint_heap(heap), Findings{});
    heap.region->base = 0x190000000;
    EXPECT_EQ(lint_heap(heap),
              (Findings{finding(NameRule::region, "its memory begins at 0x190000000",
                                "Call it frames@190000000.")}));
}

TEST(HeapName, OldNamesOfTheDefaultRegionAreNotStable) {
    for (const char* const name : {"reserved", "linux,cma", "default-pool"})
        EXPECT_EQ(lint_heap_name(name),
                  (Findings{finding(NameRule::stable,
                                    "the default CMA region was called so on some platforms "
                                    "before Linux 6.17, and otherwise on others",
                                    "Call it default_cma_region, as kernels do since.")}));
}

TEST(HeapName, ANameThatFitsAnyRegionDescribesNone) {
    for (const char* const name : {"heap", "dma-heap", "memory", "reserved_mem0", "7"})
        EXPECT_EQ(lint_heap_name(name),
                  (Findings{finding(NameRule::region, "it fits any region",
                                    "Call it memory@ADDRESS, with the address at which its "
                                    "memory begins.")}))
            << name;
}

TEST(HeapName, AnAllocatorAloneBreaksTwoRules) {
    EXPECT_EQ(lint_heap_name("CMA0"),
              (Findings{finding(NameRule::implementation, R"("cma0" is how the memory is managed)",
                                "Call it memory@ADDRESS, with the address at which its memory "
                                "begins."),
                        finding(NameRule::region, "it fits any region",
                                "Call it memory@ADDRESS, with the address at which its memory "
                                "begins.")}));
}

TEST(HeapName, AnAddressAloneSaysNotWhatTheMemoryIs) {
    EXPECT_EQ(
        lint_heap_name("@42000000"),
        (Findings{finding(NameRule::region, "no word before the address says what the memory is",
                          "Call it memory@42000000.")}));
}

TEST(HeapName, AnAddressIsWrittenAsInTheDeviceTree) {
    for (const char* const name :
         {"video@", "video@0x42000000", "video@042000000", "video@4200000G", "video@4200ABCD"})
        EXPECT_EQ(lint_heap_name(name),
                  (Findings{finding(
                      NameRule::region,
                      "what follows the @ is no address in lower-case hexadecimal digits, "
                      "without 0x and without zeros in front",
                      "Call it video@ADDRESS, with the address at which its memory begins.")}))
            << name;
    EXPECT_EQ(lint_heap_name("sram@0"), Findings{});
}

TEST(HeapName, TheAddressIsTheOneOfTheMemory) {
    Heap heap = test::heap("video@42000000-contiguous");
    heap.region = Region{.base = 0x42000000, .size = 0x1000};
    EXPECT_EQ(lint_heap(heap), Findings{});
    heap.region->base = 0x52000000;
    EXPECT_EQ(lint_heap(heap),
              (Findings{finding(NameRule::region, "its memory begins at 0x52000000",
                                "Call it video@52000000-contiguous.")}));
}

TEST(HeapName, PropertiesHaveWordsOfTheirOwn) {
    EXPECT_EQ(
        lint_heap_name("secure-video"),
        (Findings{finding(NameRule::properties, R"(the rules' word for "secure" is "protected")",
                          "Call it protected-video.")}));
    EXPECT_EQ(
        lint_heap_name("memory@42000000,contig"),
        (Findings{finding(NameRule::properties, R"(the rules' word for "contig" is "contiguous")",
                          "Call it memory@42000000-contiguous.")}));
}

TEST(HeapName, APropertyInTheNameIsTrue) {
    const auto heap = [](Answer contiguous) {
        return test::with(test::heap("video@42000000-contiguous"), Trait::contiguous, contiguous);
    };
    EXPECT_EQ(lint_heap(heap(Answer::yes)), Findings{});
    EXPECT_EQ(lint_heap(heap(Answer::unknown)), Findings{});
    EXPECT_EQ(lint_heap(heap(Answer::no)),
              (Findings{finding(NameRule::properties, "its buffers are not contiguous",
                                "Leave \"contiguous\" out.")}));
}

TEST(HeapName, BytesThatNoFileOfACgroupCanCarryAreNotAllowed) {
    EXPECT_EQ(lint_heap_name("video frames@42000000"),
              (Findings{finding(NameRule::characters, "\" \" is not allowed",
                                "Call it video-frames@42000000.")}));
    EXPECT_EQ(lint_heap_name("video/\x1b[31m@42000000"),
              (Findings{finding(NameRule::characters, "\"/\" is not allowed",
                                "Call it video-31m@42000000.")}));
    EXPECT_EQ(lint_heap_name("vid\xc3\xa9o@42000000"),
              (Findings{finding(NameRule::characters, R"("\xc3" is not allowed)",
                                "Call it vid-o@42000000.")}));
    EXPECT_EQ(lint_heap_name(".."),
              (Findings{finding(NameRule::characters, "no file can be called so",
                                "Call it memory@ADDRESS, with the address at which its memory "
                                "begins."),
                        finding(NameRule::region, "it fits any region",
                                "Call it memory@ADDRESS, with the address at which its memory "
                                "begins.")}));
}

TEST(HeapName, ANameHasOneTo63Characters) {
    EXPECT_EQ(lint_heap_name(""),
              (Findings{finding(NameRule::length, "it is empty", "Give the heap a name.")}));
    const std::string longest = std::string(54, 'v') + "@42000000";
    EXPECT_EQ(lint_heap_name(longest), Findings{});
    EXPECT_EQ(
        lint_heap_name("v" + longest),
        (Findings{finding(NameRule::length, "it has 64 characters", "Leave 1 of them out.")}));
}

TEST(HeapName, EveryRuleHasAWordAndASentence) {
    EXPECT_EQ(to_string(NameRule::stable), "stable");
    EXPECT_EQ(to_string(NameRule::region), "region");
    EXPECT_EQ(to_string(NameRule::implementation), "implementation");
    EXPECT_EQ(to_string(NameRule::properties), "properties");
    EXPECT_EQ(to_string(NameRule::characters), "characters");
    EXPECT_EQ(to_string(NameRule::length), "length");
    EXPECT_EQ(sentence(NameRule::implementation),
              "A name does not mention implementation details, such as the allocator.");
}

} // namespace
} // namespace heapsel
