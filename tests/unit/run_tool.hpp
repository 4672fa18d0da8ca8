// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "recorded_board.hpp"

namespace heapsel::test {

/// What the command did.
struct Outcome {
    int status = -1;
    std::string out;
    std::string err;
};

/// Runs the command with its output in two files.
[[nodiscard]] Outcome run(std::vector<std::string> arguments);

/// Runs it on a recorded board.
class Tool : public testing::Test {
  public:
    Tool() : Tool("lab-board") {}

  protected:
    explicit Tool(const char* board) : board_(board) {}

    RecordedBoard board_;

    [[nodiscard]] Outcome on_board(std::vector<std::string> arguments) const;
};

[[nodiscard]] bool contains(const std::string& text, const std::string& part);

} // namespace heapsel::test
