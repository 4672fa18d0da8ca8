// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

// The memory that is watched, by pages, and which region each page is of.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_SHIFT 12

/// Guest addresses, START+BYTES.
struct range {
    uint64_t start;
    uint64_t size;
};

static inline bool range_has(const struct range* range, uint64_t address) {
    return address - range->start < range->size;
}

/// What "START+BYTES:START+BYTES..." says, into room for `room`; -1 if it says something else or
/// more.
int ranges_of(const char* text, struct range* ranges, int room);

extern struct watched {
    uint64_t start;
    uint64_t pages;
    int regions;
    uint8_t* region_of; ///< For each page; the last region has those that no other has.
} watched;

/// With nothing said about regions, all is region 0. False: too many, or no memory.
bool watch(uint64_t start, uint64_t size, const char* regions);

/// The page's number, or `watched.pages` for what is not watched.
static inline uint64_t page_at(uint64_t physical) {
    const uint64_t page = (physical - watched.start) >> PAGE_SHIFT;
    return page < watched.pages ? page : watched.pages;
}
