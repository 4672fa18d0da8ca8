// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include "temporary_directory.hpp"

namespace heapsel::test {

/// The machine of tests/fixtures/BOARD, laid out as `HeapCatalog::scan` reads it.
class RecordedBoard {
  public:
    explicit RecordedBoard(const std::string& board);

    [[nodiscard]] const std::filesystem::path& root() const { return directory_.path(); }
    [[nodiscard]] const TemporaryDirectory& directory() const { return directory_; }

    /// Has the device tree as a directory, as a running machine does.
    void unflatten() const;

    /// Installs the facts that heapsel ships.
    void add_facts() const;

  private:
    /// A file with `value` in its one line, or the link that "-> TARGET" stands for.
    void add(const std::filesystem::path& path, const std::string& value) const;

    TemporaryDirectory directory_;
};

/// The lines of fixtures/BOARD/heaps that are no comment.
[[nodiscard]] std::vector<std::string> recorded_heaps(const std::string& board);

} // namespace heapsel::test
