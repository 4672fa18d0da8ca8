// SPDX-License-Identifier: LGPL-2.1-or-later
//
// selections: for each group of devices, as the command takes them and joined by `+`, prints the
// candidates under each of the requirements, a case a line: "GROUP =REQUIRE HEAP...".

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <print>
#include <sstream>
#include <string>
#include <vector>

#include <heapsel/heap_catalog.hpp>
#include <heapsel/parsed_consumer.hpp>
#include <heapsel/select.hpp>

namespace {

template <typename T>
T or_end(heapsel::Result<T> result) {
    if (result)
        return *std::move(result);
    std::println(stderr, "selections: {}", result.error().message());
    std::exit(2);
}

std::vector<heapsel::Consumer> consumers_of(const std::string& group) {
    std::vector<std::string> words;
    std::istringstream stream(group);
    for (std::string word; std::getline(stream, word, '+');)
        words.push_back(word);
    std::vector<heapsel::Consumer> consumers;
    for (auto& named : or_end(heapsel::parse_consumers(words)))
        consumers.push_back(std::move(named.consumer));
    return consumers;
}

void print_candidates(const heapsel::HeapCatalog& catalog, const std::string& group,
                      const std::vector<std::string>& requirements) {
    const auto consumers = consumers_of(group);
    for (const std::string& require : requirements) {
        heapsel::Policy policy;
        policy.require = or_end(heapsel::parse_criteria(require));
        const auto selection = or_end(heapsel::select(catalog, consumers, policy));
        std::print("{} ={}", group, require);
        for (const heapsel::Judgement& judgement : selection.candidates())
            std::print(" {}", judgement.heap.name);
        std::println("");
    }
}

} // namespace

int main(int argc, char** argv) {
    std::vector<std::string> words;
    CLI::App app("Names the candidates for devices, under requirements.");
    app.add_option("words", words, "requirements, with = before each, and groups")->required();
    CLI11_PARSE(app, argc, argv);

    std::vector<std::string> requirements;
    std::vector<std::string> groups;
    for (const std::string& word : words) {
        if (word.starts_with('='))
            requirements.push_back(word.substr(1));
        else
            groups.push_back(word);
    }
    const auto catalog = or_end(heapsel::HeapCatalog::scan());
    for (const std::string& group : groups)
        print_candidates(catalog, group, requirements);
}
