// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/heap_name.h>

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <heapsel/heap_name.hpp>

#include "c/handles.hpp"
#include "c/values.hpp"
#include "c_handle.hpp"
#include "heap_builder.hpp"

namespace heapsel {
namespace {

using test::made_by;

/// As C sees them.
std::vector<NameFinding> seen(const test::OwnedNameFindings& findings) {
    std::vector<NameFinding> list(heapsel_name_findings_count(findings.get()));
    for (std::size_t i = 0; i < list.size(); ++i) {
        list[i].rule = static_cast<NameRule>(heapsel_name_findings_rule(findings.get(), i));
        list[i].problem = heapsel_name_findings_problem(findings.get(), i);
        list[i].suggestion = heapsel_name_findings_suggestion(findings.get(), i);
    }
    return list;
}

TEST(CApiHeapName, ThatKeepsTheRulesHasNoFindings) {
    for (const char* const name : {"system", "video@42000000"}) {
        const auto findings = made_by<test::OwnedNameFindings>(heapsel_lint_heap_name, name);
        EXPECT_EQ(heapsel_name_findings_count(findings.get()), 0U);
        EXPECT_EQ(heapsel_name_findings_problem(findings.get(), 0), nullptr);
        EXPECT_EQ(heapsel_name_findings_rule(findings.get(), 0), HEAPSEL_NAME_STABLE);
    }
}

TEST(CApiHeapName, ThatBreaksThemHasWhatIsWrongAndWhatToCallIt) {
    for (const std::string name : {"cma", "linux,cma", "", "a b\x7f/secure", "video@0042"}) {
        const auto findings =
            made_by<test::OwnedNameFindings>(heapsel_lint_heap_name, name.c_str());
        EXPECT_GT(heapsel_name_findings_count(findings.get()), 0U);
        EXPECT_EQ(seen(findings), lint_heap_name(name));
    }
}

TEST(CApiHeapName, OfAHeapIsComparedWithItsMemory) {
    Heap heap = test::heap("video@42000000");
    heap.region = Region{.base = 0x50000000, .size = 4096};
    const auto findings = made_by<test::OwnedNameFindings>(heapsel_lint_heap, c_api::to_c(&heap));
    EXPECT_EQ(seen(findings), lint_heap(heap));
    ASSERT_EQ(heapsel_name_findings_count(findings.get()), 1U);
    EXPECT_EQ(heapsel_name_findings_rule(findings.get(), 0), HEAPSEL_NAME_REGION);
}

TEST(CApiHeapName, EachRuleIsASentence) {
    const std::vector rules{NameRule::stable,     NameRule::region,     NameRule::implementation,
                            NameRule::properties, NameRule::characters, NameRule::length};
    for (const NameRule rule : rules)
        EXPECT_EQ(heapsel_name_rule_sentence(c_api::number_of<heapsel_name_rule>(rule)),
                  sentence(rule));
    EXPECT_EQ(heapsel_name_rule_sentence(static_cast<heapsel_name_rule>(6)), nullptr);
    EXPECT_EQ(heapsel_name_rule_sentence(static_cast<heapsel_name_rule>(-1)), nullptr);
}

} // namespace
} // namespace heapsel
