// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Takes a buffer from the heap that suits every device on its way, and says why:
//
//     allocate BYTES [DEVICE...]
//     allocate 663552 /dev/video1:capture /dev/dri/card0
//
// Built by Meson with -Dexamples=true, or by hand:
//
//     cc -std=c11 allocate.c -o allocate $(pkg-config --cflags --libs heapsel)
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <heapsel/heapsel.h>

enum { MAX_DEVICES = 16 };

// What each step of the program may have made; what is NULL is freed without effect.
struct objects {
    struct heapsel_error* error;
    struct heapsel_catalog* catalog;
    struct heapsel_policy* policy;
    struct heapsel_consumer* consumers[MAX_DEVICES];
    size_t count;
    struct heapsel_selection* selection;
    struct heapsel_allocator* allocator;
    struct heapsel_buffer* buffer;
};

static int look_around(struct objects* my, const char* const* devices, size_t size) {
    int status = heapsel_catalog_scan(NULL, &my->catalog, &my->error);
    if (status == 0)
        status = heapsel_consumers_named(devices, my->count, NULL, NULL, my->consumers, &my->error);
    if (status == 0)
        status = heapsel_policy_create(&my->policy, &my->error);
    if (status == 0)
        status = heapsel_policy_set_size(my->policy, size, &my->error);
    if (status == 0)
        status = heapsel_policy_prefer(my->policy, "non-ecc", &my->error);
    return status;
}

static int choose(struct objects* my) {
    const struct heapsel_consumer* consumers[MAX_DEVICES];
    for (size_t i = 0; i < my->count; ++i)
        consumers[i] = my->consumers[i];
    const int status =
        heapsel_select(my->catalog, consumers, my->count, my->policy, &my->selection, &my->error);
    for (size_t i = 0; i < heapsel_selection_count(my->selection); ++i)
        printf("%s: %s\n    %s\n", heapsel_heap_name(heapsel_selection_heap(my->selection, i)),
               heapsel_verdict_text(heapsel_selection_verdict(my->selection, i)),
               heapsel_selection_reason(my->selection, i));
    return status;
}

static int allocate(struct objects* my, size_t size) {
    int status = heapsel_allocator_create(my->selection, &my->allocator, &my->error);
    if (status == 0)
        status =
            heapsel_allocator_allocate(my->allocator, size, "example", &my->buffer, &my->error);
    return status;
}

// Black, as far as a format of which nothing is known can be.
static int draw(struct objects* my) {
    void* pixels = NULL;
    const int status = heapsel_buffer_begin_access(my->buffer, HEAPSEL_ACCESS_WRITE,
                                                   HEAPSEL_FENCES_SIGNALLED, &pixels, &my->error);
    if (status != 0)
        return status;
    memset(pixels, 0, heapsel_buffer_size(my->buffer));
    return heapsel_buffer_end_access(my->buffer, &my->error);
}

// What a program does that hands the buffer to somebody else, who closes the descriptor.
static void export(struct objects* my) {
    printf("%zu bytes from %s", heapsel_buffer_size(my->buffer), heapsel_buffer_heap(my->buffer));
    const int fd = heapsel_buffer_release_fd(my->buffer);
    printf(", a dma-buf of %jd\n", (intmax_t)lseek(fd, 0, SEEK_END));
    close(fd);
}

static void free_all(struct objects* my) {
    heapsel_buffer_free(my->buffer);
    heapsel_allocator_free(my->allocator);
    heapsel_selection_free(my->selection);
    heapsel_policy_free(my->policy);
    for (size_t i = 0; i < my->count; ++i)
        heapsel_consumer_free(my->consumers[i]);
    heapsel_catalog_free(my->catalog);
    heapsel_error_free(my->error);
}

int main(int argc, char** argv) {
    char* end = NULL;
    errno = 0;
    const uintmax_t size = argc > 1 ? strtoumax(argv[1], &end, 10) : 0;
    if (argc < 2 || argc - 2 > MAX_DEVICES || *end != '\0' || errno != 0 || size > SIZE_MAX) {
        fprintf(stderr, "Usage: allocate BYTES [DEVICE...]\n");
        return 2;
    }
    struct objects my = {.count = (size_t)argc - 2};
    int status = look_around(&my, (const char* const*)argv + 2, size);
    if (status == 0)
        status = choose(&my);
    if (status == 0)
        status = allocate(&my, size);
    if (status == 0)
        status = draw(&my);
    if (status == 0)
        export(&my);
    else
        fprintf(stderr, "allocate: %s\n", heapsel_error_message(my.error));
    free_all(&my);
    return status == 0 ? 0 : 1;
}
