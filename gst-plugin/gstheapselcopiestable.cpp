// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapselcopiestable.h"

#include <algorithm>
#include <array>
#include <format>

#include <heapsel/printable.hpp>

namespace gstheapsel::copies {
namespace {

constexpr std::size_t columns = 6;
using Line = std::array<std::string, columns>;

std::string name_of(const Where& where) {
    return where.name != nullptr ? heapsel::printable(where.name) : "-";
}

std::string in_words(Verdict verdict) {
    std::string words = word_of(verdict);
    std::ranges::replace(words, '-', ' ');
    return words;
}

Line line_of(const std::string& element, const Row& row) {
    return {heapsel::printable(element), in_words(row.verdict),
            name_of(row.from),           name_of(row.to),
            std::to_string(row.frames),  std::to_string(row.bytes / row.frames)};
}

/// Text to the left, numbers to the right.
std::string aligned(const std::vector<Line>& lines) {
    std::array<std::size_t, columns> widths{};
    for (const Line& line : lines)
        for (std::size_t column = 0; column < columns; ++column)
            widths[column] = std::max(widths[column], line[column].size());
    std::string text;
    for (const Line& line : lines) {
        for (std::size_t column = 0; column < columns; ++column) {
            const bool number = column >= 4;
            text += "  ";
            text += number ? std::format("{:>{}}", line[column], widths[column])
                           : std::format("{:<{}}", line[column], widths[column]);
        }
        text += '\n';
    }
    return text;
}

std::string table(const std::vector<Account>& accounts, bool all) {
    std::vector<Line> lines{{"element", "what it did", "from", "to", "frames", "bytes a frame"}};
    for (const Account& account : accounts)
        for (const Row& row : account.rows)
            if (all || row.verdict >= Verdict::made)
                lines.push_back(line_of(account.element, row));
    return lines.size() > 1 ? aligned(lines) : "";
}

bool copies(const Account& account) {
    return std::ranges::any_of(account.rows, [](const Row& row) { return is_copy(row.verdict); });
}

/// ": v4l2h264dec0 made 60 frames in video@50000000"; empty if nobody made any.
std::string makers(const std::vector<Account>& accounts) {
    std::string text;
    for (const Account& account : accounts)
        for (const Row& row : account.rows)
            if (row.verdict == Verdict::made)
                text +=
                    std::format("{} {} made {} frames in {}", text.empty() ? ":" : ",",
                                heapsel::printable(account.element), row.frames, name_of(row.to));
    return text;
}

std::string headline(const std::vector<Account>& accounts) {
    if (std::ranges::all_of(accounts, [](const Account& account) { return account.rows.empty(); }))
        return "no raw video";
    const auto copying = std::ranges::count_if(accounts, copies);
    if (copying == 0)
        return "no frame was moved or copied" + makers(accounts);
    return std::format("{} moved or copied frames",
                       copying == 1 ? "1 element" : std::format("{} elements", copying));
}

} // namespace

std::string summary(const std::string& pipeline, const std::vector<Account>& accounts,
                    bool verbose) {
    std::string text =
        std::format("heapsel-copies: {}: {}\n", heapsel::printable(pipeline), headline(accounts));
    if (verbose || std::ranges::any_of(accounts, copies))
        text += table(accounts, verbose);
    return text;
}

} // namespace gstheapsel::copies
