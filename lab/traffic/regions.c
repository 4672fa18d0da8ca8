// SPDX-License-Identifier: LGPL-2.1-or-later

#include "regions.h"

#include "counts.h"

#include <stdlib.h>

struct watched watched;

int ranges_of(const char* text, struct range* ranges, int room) {
    int count = 0;
    for (char* next = NULL; text != NULL; text = *next == ':' ? next + 1 : NULL) {
        if (count == room)
            return -1;
        ranges[count].start = strtoull(text, &next, 0);
        if (*next != '+')
            return -1;
        ranges[count++].size = strtoull(next + 1, &next, 0);
        if (*next != ':' && *next != '\0')
            return -1;
    }
    return count;
}

bool watch(uint64_t start, uint64_t size, const char* regions) {
    struct range ranges[LAB_COUNTS_REGIONS];
    const int count = ranges_of(regions, ranges, LAB_COUNTS_REGIONS);
    watched.start = start;
    watched.regions = count;
    watched.pages = size >> PAGE_SHIFT;
    watched.region_of = calloc(watched.pages, sizeof *watched.region_of);
    if (count < 0 || watched.region_of == NULL)
        return false;
    for (uint64_t page = 0; page < watched.pages; ++page) {
        int region = 0;
        while (region < count - 1 && !range_has(&ranges[region], start + (page << PAGE_SHIFT)))
            ++region;
        watched.region_of[page] = (uint8_t)region;
    }
    return true;
}
