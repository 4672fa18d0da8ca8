// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Takes a buffer from the heap that suits every device on its way and the machine's policies, and
// says why:
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

// Who only wants the buffer calls heapsel_take(); this also wants the reasons.
static int take(const struct heapsel_request* request, struct heapsel_buffer** buffer,
                struct heapsel_error** error) {
    struct heapsel_selection* selection = NULL;
    struct heapsel_allocator* allocator = NULL;
    int status = heapsel_choose(request, &selection, error);
    for (size_t i = 0; i < heapsel_selection_count(selection); ++i)
        printf("%s: %s\n    %s\n", heapsel_heap_name(heapsel_selection_heap(selection, i)),
               heapsel_verdict_text(heapsel_selection_verdict(selection, i)),
               heapsel_selection_reason(selection, i));
    if (status == 0)
        status = heapsel_allocator_create(selection, &allocator, error);
    if (status == 0)
        status = heapsel_allocator_allocate(allocator, request->size, request->name, buffer, error);
    heapsel_allocator_free(allocator);
    heapsel_selection_free(selection);
    return status;
}

// Black, as far as a format of which nothing is known can be.
static int draw(struct heapsel_buffer* buffer, struct heapsel_error** error) {
    void* pixels = NULL;
    const int status = heapsel_buffer_begin_access(buffer, HEAPSEL_ACCESS_WRITE,
                                                   HEAPSEL_FENCES_SIGNALLED, &pixels, error);
    if (status != 0)
        return status;
    memset(pixels, 0, heapsel_buffer_size(buffer));
    return heapsel_buffer_end_access(buffer, error);
}

// What a program does that hands the buffer to somebody else, who closes the descriptor.
static void export(struct heapsel_buffer* buffer) {
    printf("%zu bytes from %s", heapsel_buffer_size(buffer), heapsel_buffer_heap(buffer));
    const int fd = heapsel_buffer_release_fd(buffer);
    printf(", a dma-buf of %jd\n", (intmax_t)lseek(fd, 0, SEEK_END));
    close(fd);
}

int main(int argc, char** argv) {
    char* end = NULL;
    errno = 0;
    const uintmax_t size = argc > 1 ? strtoumax(argv[1], &end, 10) : 0;
    if (argc < 2 || *end != '\0' || errno != 0 || size > SIZE_MAX) {
        fprintf(stderr, "Usage: allocate BYTES [DEVICE...]\n");
        return 2;
    }
    struct heapsel_buffer* buffer = NULL;
    struct heapsel_error* error = NULL;
    int status = take(HEAPSEL_REQUEST(.devices = (const char* const*)argv + 2,
                                      .device_count = (size_t)argc - 2, .prefer = "non-ecc",
                                      .size = size, .name = "example"),
                      &buffer, &error);
    if (status == 0)
        status = draw(buffer, &error);
    if (status == 0)
        export(buffer);
    else
        fprintf(stderr, "allocate: %s\n", heapsel_error_message(error));
    heapsel_buffer_free(buffer);
    heapsel_error_free(error);
    return status == 0 ? 0 : 1;
}
