/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <linux/dma-heap.h>

/* C, as in the kernel. What the system's headers may lack. */
#ifndef DMA_HEAP_ACCOUNT_MEMCG
#define DMA_HEAP_ACCOUNT_MEMCG 1
#define DMA_HEAP_ACCOUNT_DMEM 2
#endif
