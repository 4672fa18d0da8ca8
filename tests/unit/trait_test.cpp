// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/trait.hpp>

#include <cerrno>
#include <optional>

#include <gtest/gtest.h>

namespace heapsel {
namespace {

TEST(ParseCriteria, AnEmptyListIsFine) {
    EXPECT_TRUE(parse_criteria("").value().empty());
    EXPECT_TRUE(parse_criteria(" \t").value().empty());
}

TEST(ParseCriteria, ReadsEveryTraitWantedAndUnwanted) {
    for (const Trait trait : all_traits) {
        for (const bool wanted : {true, false}) {
            const Criterion criterion{.trait = trait, .wanted = wanted};
            const auto parsed = parse_criteria(to_string(criterion));
            ASSERT_TRUE(parsed) << to_string(criterion);
            EXPECT_EQ(*parsed, std::vector{criterion});
        }
    }
}

TEST(CriterionCalled, TakesOneWordAndNothingElse) {
    for (const Trait trait : all_traits) {
        for (const bool wanted : {true, false}) {
            const Criterion criterion{.trait = trait, .wanted = wanted};
            EXPECT_EQ(parse_criterion(to_string(criterion)), criterion);
        }
    }
    for (const char* const text : {"", " ecc", "ecc,cached", "ECC", "non-uncached"})
        EXPECT_EQ(parse_criterion(text), std::nullopt) << text;
}

TEST(ParseCriteria, UncachedIsNonCached) {
    EXPECT_EQ(parse_criteria("uncached").value(), parse_criteria("non-cached").value());
}

TEST(ParseCriteria, KeepsTheOrderAndIgnoresBlanks) {
    const std::vector<Criterion> expected{{.trait = Trait::ecc, .wanted = false},
                                          {.trait = Trait::contiguous, .wanted = true}};
    EXPECT_EQ(parse_criteria(" non-ecc ,\tcontiguous ").value(), expected);
}

TEST(ParseCriteria, ARepeatedWordCountsOnce) {
    EXPECT_EQ(parse_criteria("ecc,ecc").value().size(), 1U);
}

TEST(ParseCriteria, AnUnknownWordIsEinvalAndNamed) {
    for (const char* const word : {"fast", "non-", "non-uncached", "ECC", "non-non-ecc"}) {
        const auto parsed = parse_criteria("cached," + std::string(word));
        ASSERT_FALSE(parsed) << word;
        EXPECT_EQ(parsed.error().code, EINVAL);
        EXPECT_EQ(parsed.error().subject, word);
        EXPECT_NE(parsed.error().hint.find("contiguous, cached, ecc, protected"),
                  std::string::npos);
    }
}

TEST(ParseCriteria, AnEmptyWordIsEinval) {
    for (const char* const list : {",", "ecc,", ",ecc", "ecc,,cached", "ecc, ,cached"})
        EXPECT_EQ(parse_criteria(list).error().code, EINVAL) << list;
}

TEST(ParseCriteria, ATraitBothWaysIsEinval) {
    const auto parsed = parse_criteria("cached,uncached");
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, EINVAL);
    EXPECT_EQ(parsed.error().subject, "uncached");
}

TEST(Criterion, AnUnknownMeetsNeither) {
    EXPECT_FALSE((Criterion{.trait = Trait::ecc, .wanted = true}.met_by(Answer::unknown)));
    EXPECT_FALSE((Criterion{.trait = Trait::ecc, .wanted = false}.met_by(Answer::unknown)));
}

TEST(Criterion, AnAnswerMeetsOneOfTheTwo) {
    EXPECT_TRUE((Criterion{.trait = Trait::ecc, .wanted = true}.met_by(Answer::yes)));
    EXPECT_FALSE((Criterion{.trait = Trait::ecc, .wanted = true}.met_by(Answer::no)));
    EXPECT_TRUE((Criterion{.trait = Trait::ecc, .wanted = false}.met_by(Answer::no)));
    EXPECT_FALSE((Criterion{.trait = Trait::ecc, .wanted = false}.met_by(Answer::yes)));
}

} // namespace
} // namespace heapsel
