// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A QEMU plugin that counts, per page of the guest's memory, the bytes that its CPUs load and store
// between two marks (marks.h); outside them it costs next to nothing. Arguments:
//
//     memory=ADDRESS,size=BYTES   the memory to watch; accesses elsewhere are not counted
//     out=FILE                    written at the end mark: "instructions N", then for each page
//                                 that was touched a line: ADDRESS READ WRITTEN

#include "marks.h"
#include "qemu_plugin.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_SHIFT 12

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

struct traffic {
    uint64_t read;
    uint64_t written;
};

static struct {
    qemu_plugin_id_t id;
    uint64_t memory;
    uint64_t pages;
    unsigned int cpus;
    const char* out;
    struct traffic* traffic; // a CPU's pages, then the next CPU's: no two CPUs write to one place
    qemu_plugin_u64 instructions;
} plugin;

static void count_access(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t address,
                         void* /*data*/) {
    const struct qemu_plugin_hwaddr* place = qemu_plugin_get_hwaddr(info, address);
    if (place == NULL || qemu_plugin_hwaddr_is_io(place))
        return;
    const uint64_t page = (qemu_plugin_hwaddr_phys_addr(place) - plugin.memory) >> PAGE_SHIFT;
    if (page >= plugin.pages)
        return;
    struct traffic* traffic = &plugin.traffic[cpu * plugin.pages + page];
    const uint64_t bytes = UINT64_C(1) << qemu_plugin_mem_size_shift(info);
    if (qemu_plugin_mem_is_store(info))
        traffic->written += bytes;
    else
        traffic->read += bytes;
}

static void write_counts(FILE* out) {
    fprintf(out, "instructions %" PRIu64 "\n", qemu_plugin_u64_sum(plugin.instructions));
    for (uint64_t page = 0; page < plugin.pages; ++page) {
        struct traffic sum = {0, 0};
        for (unsigned int cpu = 0; cpu < plugin.cpus; ++cpu) {
            sum.read += plugin.traffic[cpu * plugin.pages + page].read;
            sum.written += plugin.traffic[cpu * plugin.pages + page].written;
        }
        if (sum.read != 0 || sum.written != 0)
            fprintf(out, "%#" PRIx64 " %" PRIu64 " %" PRIu64 "\n",
                    plugin.memory + (page << PAGE_SHIFT), sum.read, sum.written);
    }
}

static void stop(qemu_plugin_id_t /*id*/) {}

static void end(unsigned int /*cpu*/, void* /*data*/) {
    FILE* out = fopen(plugin.out, "w");
    if (out == NULL) {
        perror(plugin.out);
        return;
    }
    write_counts(out);
    if (fclose(out) != 0)
        perror(plugin.out);
    qemu_plugin_reset(plugin.id, stop);
}

static uint32_t opcode(const struct qemu_plugin_insn* instruction) {
    uint32_t opcode = 0;
    qemu_plugin_insn_data(instruction, &opcode, sizeof opcode);
    return opcode;
}

static void count_block(qemu_plugin_id_t /*id*/, struct qemu_plugin_tb* block) {
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); ++i) {
        struct qemu_plugin_insn* instruction = qemu_plugin_tb_get_insn(block, i);
        qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(instruction, QEMU_PLUGIN_INLINE_ADD_U64,
                                                            plugin.instructions, 1);
        qemu_plugin_register_vcpu_mem_cb(instruction, count_access, QEMU_PLUGIN_CB_NO_REGS,
                                         QEMU_PLUGIN_MEM_RW, NULL);
        if (opcode(instruction) == MARK_OPCODE(MARK_END))
            qemu_plugin_register_vcpu_insn_exec_cb(instruction, end, QEMU_PLUGIN_CB_NO_REGS, NULL);
    }
}

static void start(qemu_plugin_id_t id) {
    qemu_plugin_register_vcpu_tb_trans_cb(id, count_block);
}

static void begin(unsigned int /*cpu*/, void* /*data*/) {
    qemu_plugin_reset(plugin.id, start);
}

static void look_for_begin(qemu_plugin_id_t /*id*/, struct qemu_plugin_tb* block) {
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); ++i) {
        struct qemu_plugin_insn* instruction = qemu_plugin_tb_get_insn(block, i);
        if (opcode(instruction) == MARK_OPCODE(MARK_BEGIN))
            qemu_plugin_register_vcpu_insn_exec_cb(instruction, begin, QEMU_PLUGIN_CB_NO_REGS,
                                                   NULL);
    }
}

/// What follows "NAME=" among the arguments, or NULL.
static const char* value_of(const char* name, int argc, char** argv) {
    const size_t length = strlen(name);
    for (int i = 0; i < argc; ++i)
        if (strncmp(argv[i], name, length) == 0 && argv[i][length] == '=')
            return argv[i] + length + 1;
    return NULL;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t* info, int argc,
                                           char** argv) {
    const char* memory = value_of("memory", argc, argv);
    const char* size = value_of("size", argc, argv);
    const char* out = value_of("out", argc, argv);
    if (memory == NULL || size == NULL || out == NULL || !info->system_emulation) {
        fprintf(stderr, "traffic: needs memory=, size= and out=, and a whole machine\n");
        return 1;
    }
    plugin.id = id;
    plugin.memory = strtoull(memory, NULL, 0);
    plugin.pages = strtoull(size, NULL, 0) >> PAGE_SHIFT;
    plugin.cpus = (unsigned int)info->system.max_vcpus;
    plugin.out = out;
    plugin.traffic = calloc(plugin.cpus * plugin.pages, sizeof *plugin.traffic);
    if (plugin.traffic == NULL) {
        perror("traffic");
        return 1;
    }
    plugin.instructions.score = qemu_plugin_scoreboard_new(sizeof(uint64_t));
    qemu_plugin_register_vcpu_tb_trans_cb(id, look_for_begin);
    return 0;
}
