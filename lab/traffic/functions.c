// SPDX-License-Identifier: LGPL-2.1-or-later

#include "functions.h"

#include "counts.h"
#include "regions.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// Stacks of the kernel are that large, and lie at multiples of it.
#define STACK_SHIFT 14
#define LIST 16

enum kind { OTHER, WATCHED, CALLEE };

struct list {
    struct range ranges[LIST];
    int count;
};

// What a CPU counted; no two write to one cache line.
struct share {
    alignas(64) struct lab_traffic regions[LAB_COUNTS_REGIONS];
    struct lab_traffic stack;
    struct lab_traffic image;
    uint64_t stack_number; // the address, shifted, of the stack that a watched function used last
};

static struct {
    struct list functions;
    struct list callees;
    struct list image;
    unsigned int cpus;
    struct share* shares;      // one for each CPU; NULL if nothing is watched
    qemu_plugin_u64 came_from; // 1 from a watched function to what it calls, else 0
} watching;

static bool list_of(const char* text, struct list* list) {
    list->count = ranges_of(text, list->ranges, LIST);
    return list->count >= 0;
}

static bool list_has(const struct list* list, uint64_t address) {
    for (int i = 0; i < list->count; ++i)
        if (range_has(&list->ranges[i], address))
            return true;
    return false;
}

bool watch_functions(const char* functions, const char* callees, const char* image,
                     unsigned int cpus) {
    if (functions == NULL)
        return true;
    if (!list_of(functions, &watching.functions) || !list_of(callees, &watching.callees) ||
        !list_of(image, &watching.image))
        return false;
    watching.cpus = cpus;
    watching.shares = aligned_alloc(alignof(struct share), cpus * sizeof *watching.shares);
    if (watching.shares == NULL)
        return false;
    memset(watching.shares, 0, cpus * sizeof *watching.shares);
    watching.came_from.score = qemu_plugin_scoreboard_new(sizeof(uint64_t));
    return true;
}

/// A load or store, not a literal's, whose address is the stack pointer and something.
static bool is_on_stack(uint32_t opcode) {
    const bool is_access = (opcode & 0x0a000000U) == 0x08000000U;
    const bool is_literal = (opcode & 0x3b000000U) == 0x18000000U;
    return is_access && !is_literal && (opcode >> 5 & 31U) == 31;
}

static struct lab_traffic* place_of(struct share* share, qemu_plugin_meminfo_t info,
                                    uint64_t address) {
    if (address >> STACK_SHIFT == share->stack_number)
        return &share->stack;
    if (list_has(&watching.image, address))
        return &share->image;
    const struct qemu_plugin_hwaddr* hardware = qemu_plugin_get_hwaddr(info, address);
    if (hardware == NULL || qemu_plugin_hwaddr_is_io(hardware))
        return NULL;
    const uint64_t page = page_at(qemu_plugin_hwaddr_phys_addr(hardware));
    return page == watched.pages ? NULL : &share->regions[watched.region_of[page]];
}

static void count(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t address) {
    struct lab_traffic* traffic = place_of(&watching.shares[cpu], info, address);
    const uint64_t bytes = UINT64_C(1) << qemu_plugin_mem_size_shift(info);
    if (traffic == NULL)
        return;
    if (qemu_plugin_mem_is_store(info))
        traffic->written += bytes;
    else
        traffic->read += bytes;
}

static void count_own(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t address,
                      void* /*data*/) {
    count(cpu, info, address);
}

static void count_on_stack(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t address,
                           void* /*data*/) {
    watching.shares[cpu].stack_number = address >> STACK_SHIFT;
    count(cpu, info, address);
}

static void count_callee(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t address,
                         void* /*data*/) {
    if (qemu_plugin_u64_get(watching.came_from, cpu) != 0)
        count(cpu, info, address);
}

static qemu_plugin_mem_cb_t counter_of(enum kind kind, const struct qemu_plugin_insn* instruction) {
    uint32_t opcode = 0;
    if (kind == CALLEE)
        return count_callee;
    qemu_plugin_insn_data(instruction, &opcode, sizeof opcode);
    return is_on_stack(opcode) ? count_on_stack : count_own;
}

void count_functions(struct qemu_plugin_tb* block) {
    if (watching.shares == NULL)
        return;
    const uint64_t address = qemu_plugin_tb_vaddr(block);
    const enum kind kind = list_has(&watching.functions, address) ? WATCHED
                           : list_has(&watching.callees, address) ? CALLEE
                                                                  : OTHER;
    if (kind != CALLEE)
        qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu(block, QEMU_PLUGIN_INLINE_STORE_U64,
                                                          watching.came_from, kind == WATCHED);
    for (size_t i = 0; kind != OTHER && i < qemu_plugin_tb_n_insns(block); ++i) {
        struct qemu_plugin_insn* instruction = qemu_plugin_tb_get_insn(block, i);
        qemu_plugin_register_vcpu_mem_cb(instruction, counter_of(kind, instruction),
                                         QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, NULL);
    }
}

static struct lab_traffic sum_of(size_t offset) {
    struct lab_traffic sum = {0, 0};
    for (unsigned int cpu = 0; cpu < watching.cpus; ++cpu) {
        const struct lab_traffic* part =
            (const struct lab_traffic*)((const char*)&watching.shares[cpu] + offset);
        sum.read += part->read;
        sum.written += part->written;
    }
    return sum;
}

static void write_sum(FILE* out, size_t offset) {
    const struct lab_traffic sum = sum_of(offset);
    fprintf(out, "functions %llu %llu\n", sum.read, sum.written);
}

void write_functions(FILE* out) {
    if (watching.shares == NULL)
        return;
    for (int region = 0; region < watched.regions; ++region)
        write_sum(out, offsetof(struct share, regions[region]));
    write_sum(out, offsetof(struct share, stack));
    write_sum(out, offsetof(struct share, image));
}
