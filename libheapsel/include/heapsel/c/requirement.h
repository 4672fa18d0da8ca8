// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef HEAPSEL_C_REQUIREMENT_H
#define HEAPSEL_C_REQUIREMENT_H

#include <heapsel/c/common.h>
#include <heapsel/c/consumer.h>
#include <heapsel/c/error.h>

HEAPSEL_BEGIN_DECLARATIONS

/// A device called `name` of which whoever knows it writes down what it needs: memory which is as
/// `words` say, those of heapsel_policy_require(). The functions below add what is no word.
///
/// EINVAL: a word that there is not, or a trait both wanted and unwanted.
HEAPSEL_API int heapsel_consumer_requirement(const char* name, const char* words,
                                             struct heapsel_consumer** consumer,
                                             struct heapsel_error** error);
/// Says how many bits of a physical address the device has, 1 to 64: with 32, every byte of a
/// heap's memory must lie below 4 GiB. An address that is not known never does, unless there are 64
/// bits. Replaces what was said before; a selection that was made stays as it is. Nothing changes
/// on an error.
///
/// EINVAL: `bits` is 0 or above 64; or `consumer` was not made by heapsel_consumer_requirement().
HEAPSEL_API int heapsel_consumer_require_address_bits(struct heapsel_consumer* consumer,
                                                      uint32_t bits, struct heapsel_error** error);
/// Says what the device wants the numbers of a frame to be multiples of, in bytes; 1 where it does
/// not care: from one line of a plane to the next, where a plane begins in its dma-buf, the size of
/// a plane, and where the dma-buf begins in memory. That of the address is asked of the heap; the
/// others are carried, for heapsel_consumers_alignment(). Replaces what was said before; a
/// selection that was made stays as it is. Nothing changes on an error.
///
/// EINVAL: one of the numbers is 0; or `consumer` was not made by heapsel_consumer_requirement().
HEAPSEL_API int heapsel_consumer_require_alignment(struct heapsel_consumer* consumer,
                                                   uint32_t stride, uint32_t offset, uint32_t size,
                                                   uint64_t address, struct heapsel_error** error);

/// What the memory must be, as words by commas; empty where nothing is required, and of a device
/// whose driver was asked. Valid until the consumer is freed.
HEAPSEL_API const char* heapsel_consumer_required(const struct heapsel_consumer* consumer);
/// How many bits of a physical address the device is said to have; 0 where nobody says.
HEAPSEL_API uint32_t heapsel_consumer_address_bits(const struct heapsel_consumer* consumer);
/// Joins what the `count` consumers of `consumers` want the numbers of a frame to be multiples of:
/// the least common multiple of each, in bytes, and 1 where nobody cares. The first three are what
/// heapsel_layout_create() takes. Each pointer may be NULL; nothing is written on an error.
///
/// EINVAL: one of `consumers` is NULL. EOVERFLOW: a multiple does not fit; the subject is the two
/// numbers.
HEAPSEL_API int heapsel_consumers_alignment(const struct heapsel_consumer* const* consumers,
                                            size_t count, uint32_t* stride, uint32_t* offset,
                                            uint32_t* size, uint64_t* address,
                                            struct heapsel_error** error);

HEAPSEL_END_DECLARATIONS

#endif
