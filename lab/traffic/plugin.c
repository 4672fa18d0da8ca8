// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A QEMU plugin that counts, per page of the guest's memory, the bytes that its CPUs load and store
// between two marks (marks.h); outside them it costs next to nothing. Arguments:
//
//     memory=ADDRESS,size=BYTES   the memory to watch; accesses elsewhere are not counted
//     out=FILE                    written at the end mark: "instructions N", what functions.h says,
//                                 then for each page that was touched a line: ADDRESS READ WRITTEN
//     answers=FILE,at=OFFSET,regions=ADDRESS+BYTES:ADDRESS+BYTES...
//                                 also, between the marks, tells the board itself whenever it asks
//                                 (counts.h), there in its memory, which is that file. A page
//                                 counts for the first of the regions that has it.

#include "counts.h"
#include "functions.h"
#include "marks.h"
#include "qemu_plugin.h"
#include "regions.h"

#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

// Of all pages together, by region; on cache lines of one CPU's own.
struct by_region {
    alignas(64) struct lab_traffic regions[LAB_COUNTS_REGIONS];
};

static struct {
    qemu_plugin_id_t id;
    unsigned int cpus;
    const char* out;
    // A CPU's pages, then the next CPU's: no two CPUs write to one place.
    struct lab_traffic* traffic;
    struct by_region* by_region; // one for each CPU
    struct lab_counts* answers;  // NULL if the board cannot ask
    pthread_mutex_t answering;
    qemu_plugin_u64 instructions;
} plugin = {.answering = PTHREAD_MUTEX_INITIALIZER};

static void count_access(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t address,
                         void* /*data*/) {
    const struct qemu_plugin_hwaddr* place = qemu_plugin_get_hwaddr(info, address);
    if (place == NULL || qemu_plugin_hwaddr_is_io(place))
        return;
    const uint64_t page = page_at(qemu_plugin_hwaddr_phys_addr(place));
    if (page == watched.pages)
        return;
    struct lab_traffic* traffic = &plugin.traffic[cpu * watched.pages + page];
    struct lab_traffic* together = &plugin.by_region[cpu].regions[watched.region_of[page]];
    const uint64_t bytes = UINT64_C(1) << qemu_plugin_mem_size_shift(info);
    if (qemu_plugin_mem_is_store(info)) {
        traffic->written += bytes;
        together->written += bytes;
    } else {
        traffic->read += bytes;
        together->read += bytes;
    }
}

/// What the CPU that asks has done is in it to the last instruction; of another, what it had done
/// just now.
static void answer(unsigned int /*cpu*/, void* /*data*/) {
    pthread_mutex_lock(&plugin.answering);
    for (unsigned int region = 0; region < LAB_COUNTS_REGIONS; ++region) {
        struct lab_traffic sum = {0, 0};
        for (unsigned int cpu = 0; cpu < plugin.cpus; ++cpu) {
            const struct lab_traffic* part = &plugin.by_region[cpu].regions[region];
            sum.read += __atomic_load_n(&part->read, __ATOMIC_RELAXED);
            sum.written += __atomic_load_n(&part->written, __ATOMIC_RELAXED);
        }
        plugin.answers->regions[region] = sum;
    }
    ++plugin.answers->answers;
    pthread_mutex_unlock(&plugin.answering);
}

static void write_counts(FILE* out) {
    fprintf(out, "instructions %" PRIu64 "\n", qemu_plugin_u64_sum(plugin.instructions));
    write_functions(out);
    for (uint64_t page = 0; page < watched.pages; ++page) {
        struct lab_traffic sum = {0, 0};
        for (unsigned int cpu = 0; cpu < plugin.cpus; ++cpu) {
            sum.read += plugin.traffic[cpu * watched.pages + page].read;
            sum.written += plugin.traffic[cpu * watched.pages + page].written;
        }
        if (sum.read != 0 || sum.written != 0)
            fprintf(out, "%#" PRIx64 " %llu %llu\n", watched.start + (page << PAGE_SHIFT), sum.read,
                    sum.written);
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
    count_functions(block);
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); ++i) {
        struct qemu_plugin_insn* instruction = qemu_plugin_tb_get_insn(block, i);
        qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(instruction, QEMU_PLUGIN_INLINE_ADD_U64,
                                                            plugin.instructions, 1);
        qemu_plugin_register_vcpu_mem_cb(instruction, count_access, QEMU_PLUGIN_CB_NO_REGS,
                                         QEMU_PLUGIN_MEM_RW, NULL);
        if (opcode(instruction) == MARK_OPCODE(MARK_END))
            qemu_plugin_register_vcpu_insn_exec_cb(instruction, end, QEMU_PLUGIN_CB_NO_REGS, NULL);
        if (plugin.answers != NULL && opcode(instruction) == MARK_OPCODE(MARK_ASK))
            qemu_plugin_register_vcpu_insn_exec_cb(instruction, answer, QEMU_PLUGIN_CB_NO_REGS,
                                                   NULL);
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

static bool map_answers(const char* path, uint64_t at) {
    const int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0)
        return false;
    void* place =
        mmap(NULL, sizeof *plugin.answers, PROT_READ | PROT_WRITE, MAP_SHARED, file, (off_t)at);
    close(file);
    if (place == MAP_FAILED)
        return false;
    plugin.answers = place;
    return true;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t* info, int argc,
                                           char** argv) {
    const char* memory = value_of("memory", argc, argv);
    const char* size = value_of("size", argc, argv);
    const char* out = value_of("out", argc, argv);
    const char* answers = value_of("answers", argc, argv);
    const char* at = value_of("at", argc, argv);
    const char* regions = value_of("regions", argc, argv);
    if (memory == NULL || size == NULL || out == NULL || !info->system_emulation) {
        fprintf(stderr, "traffic: needs memory=, size= and out=, and a whole machine\n");
        return 1;
    }
    plugin.id = id;
    plugin.cpus = (unsigned int)info->system.max_vcpus;
    plugin.out = out;
    if (!watch(strtoull(memory, NULL, 0), strtoull(size, NULL, 0), regions)) {
        fprintf(stderr, "traffic: regions= is no list of up to %d, or there is no memory\n",
                LAB_COUNTS_REGIONS);
        return 1;
    }
    plugin.traffic = calloc(plugin.cpus * watched.pages, sizeof *plugin.traffic);
    plugin.by_region =
        aligned_alloc(alignof(struct by_region), plugin.cpus * sizeof *plugin.by_region);
    if (plugin.traffic == NULL || plugin.by_region == NULL) {
        perror("traffic");
        return 1;
    }
    memset(plugin.by_region, 0, plugin.cpus * sizeof *plugin.by_region);
    if (!watch_functions(value_of("functions", argc, argv), value_of("callees", argc, argv),
                         value_of("image", argc, argv), plugin.cpus)) {
        fprintf(stderr, "traffic: functions=, callees= and image= are lists of addresses\n");
        return 1;
    }
    if (answers != NULL && (at == NULL || !map_answers(answers, strtoull(at, NULL, 0)))) {
        fprintf(stderr, "traffic: answers=%s needs at=, and a file there\n", answers);
        return 1;
    }
    plugin.instructions.score = qemu_plugin_scoreboard_new(sizeof(uint64_t));
    qemu_plugin_register_vcpu_tb_trans_cb(id, look_for_begin);
    return 0;
}
