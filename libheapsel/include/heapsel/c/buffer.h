// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_BUFFER_H
#define HEAPSEL_C_BUFFER_H

#include <heapsel/c/common.h>
#include <heapsel/c/error.h>
#include <heapsel/c/heap.h>

HEAPSEL_BEGIN_DECLARATIONS

/// One dma-buf, owned, with its mappings. Used by one thread at a time.
struct heapsel_buffer;

/// What the CPU is about to do with a buffer.
enum heapsel_access HEAPSEL_INT {
    HEAPSEL_ACCESS_READ = 1,
    HEAPSEL_ACCESS_WRITE = 2,
    HEAPSEL_ACCESS_READ_WRITE = 3
};

/// What the caller knows of the work that devices have queued on a dma-buf (its implicit fences).
enum heapsel_fences HEAPSEL_INT {
    HEAPSEL_FENCES_UNKNOWN = 0,  ///< Some may be pending.
    HEAPSEL_FENCES_SIGNALLED = 1 ///< None is, nor will be before the CPU is done.
};

/// How bytes came from a file into a buffer, or from a buffer into a file.
enum heapsel_copy_way HEAPSEL_INT {
    HEAPSEL_COPY_WAY_DIRECT = 0,   ///< The storage device wrote or read the buffer itself.
    HEAPSEL_COPY_WAY_ONE_COPY = 1, ///< The kernel copied them.
    HEAPSEL_COPY_WAY_MAPPING = 2   ///< This process did, through a mapping of the buffer.
};

/// Takes over `fd`, a dma-buf of `size` bytes that something else allocated, to map it and to begin
/// CPU access. `heap` is what to call its origin (NULL: nothing), and `cached` whether CPU mappings
/// of it are cached: a buffer that is known not to be is accessed without a system call where that
/// changes nothing. `fd` is closed with the buffer; after a failure it is still the caller's.
///
/// EINVAL: `size` is 0. EBADF: `fd` is negative. That it is a dma-buf is found when it is used.
HEAPSEL_API int heapsel_buffer_adopt(int fd, size_t size, const char* heap,
                                     enum heapsel_answer cached, struct heapsel_buffer** buffer,
                                     struct heapsel_error** error);
/// Frees the buffer: ends the CPU access that is open, and closes the descriptor.
HEAPSEL_API void heapsel_buffer_free(struct heapsel_buffer* buffer);

/// The dma-buf's descriptor (close-on-exec), which the buffer still owns: who needs it longer
/// duplicates it. -1 where there is none.
HEAPSEL_API int heapsel_buffer_fd(const struct heapsel_buffer* buffer);
/// Hands the descriptor to the caller, who closes it; -1 where there is none. A CPU access that is
/// open is ended, and none can begin any more.
HEAPSEL_API int heapsel_buffer_release_fd(struct heapsel_buffer* buffer);
/// In bytes, as asked for; the heap may have rounded it up to whole pages.
HEAPSEL_API size_t heapsel_buffer_size(const struct heapsel_buffer* buffer);
/// The name of the heap that it came from; raw.
HEAPSEL_API const char* heapsel_buffer_heap(const struct heapsel_buffer* buffer);

/// Begins CPU access: waits for devices that use the buffer, and has the CPU see what they wrote.
/// With signalled fences the caller vouches that there is none, which can save a system call. Where
/// `address` is not NULL, `*address` is where the whole buffer is mapped until the access ends.
///
/// EBUSY: access has begun already. EBADF: the descriptor was released. Any other errno of mmap(2),
/// or that the exporter gives.
HEAPSEL_API int heapsel_buffer_begin_access(struct heapsel_buffer* buffer,
                                            enum heapsel_access access, enum heapsel_fences fences,
                                            void** address, struct heapsel_error** error);
/// Ends it: devices see what the CPU has written. It has ended also where this fails.
///
/// EPERM: it has not begun. Any other errno that the exporter gives.
HEAPSEL_API int heapsel_buffer_end_access(struct heapsel_buffer* buffer,
                                          struct heapsel_error** error);

/// Fills `size` bytes of the buffer, from `offset` on, with what the regular file `file` has at
/// `file_offset`; the file's own offset is not used. The file is read past the page cache if it is
/// open with O_DIRECT, or can be opened once more with it. Less is read where the file ends, which
/// is no error. Waits for devices that use the buffer; those that use it afterwards see what was
/// read. Where they are not NULL, `*bytes` is how much that is, and `*way` which way it came, as
/// far as that can be known.
///
/// EBUSY: CPU access has begun. EINVAL: a part that is not in the buffer, or no regular file.
/// EBADF: the descriptor was released, or the file is not open for reading. Any errno of read(2),
/// mmap(2) and of the exporter.
HEAPSEL_API int heapsel_buffer_read_file(struct heapsel_buffer* buffer, int file,
                                         uint64_t file_offset, size_t offset, size_t size,
                                         size_t* bytes, enum heapsel_copy_way* way,
                                         struct heapsel_error** error);
/// The other way: writes them into `file`, which is open for writing and not for appending.
///
/// As of reading. EFBIG: the file would be too large; where it is a limit of the process, that gets
/// SIGXFSZ, too. ENOSPC: the disk is full. After an error, the file has a part.
HEAPSEL_API int heapsel_buffer_write_file(struct heapsel_buffer* buffer, int file,
                                          uint64_t file_offset, size_t offset, size_t size,
                                          size_t* bytes, enum heapsel_copy_way* way,
                                          struct heapsel_error** error);

HEAPSEL_END_DECLARATIONS

#endif
