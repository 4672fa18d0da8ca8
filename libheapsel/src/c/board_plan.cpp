// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/board_plan.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "c/call.hpp"
#include "c/handles.hpp"
#include "c/values.hpp"

using namespace heapsel;
using c_api::from_c;

namespace {

Result<PlanOptions> options_of(heapsel_kernel_generation kernel, const char* command_line,
                               std::uint64_t page_size, const char* function) {
    return c_api::checked(kernel, all_kernel_generations, function, "kernel")
        .transform([&](KernelGeneration generation) {
            PlanOptions options{.kernel = generation, .command_line = {}, .page_size = page_size};
            if (command_line != nullptr)
                options.command_line = command_line;
            return options;
        });
}

heapsel_board_plan plan_of(BoardPlan&& plan) {
    return {.catalog = {plan.catalog}, .regions = std::move(plan.regions)};
}

} // namespace

int heapsel_board_plan_create(const void* blob, std::size_t size, heapsel_kernel_generation kernel,
                              const char* command_line, std::uint64_t page_size,
                              heapsel_board_plan** plan, heapsel_error** error) {
    constexpr const char* function = "heapsel_board_plan_create";
    return c_api::make(function, error, plan, {{"blob", blob}, {"plan", plan}}, [&] {
        return options_of(kernel, command_line, page_size, function)
            .and_then([&](const PlanOptions& options) {
                return plan_board(std::span(static_cast<const std::byte*>(blob), size), options);
            })
            .transform(plan_of);
    });
}

int heapsel_board_plan_read(const char* path, heapsel_kernel_generation kernel,
                            const char* command_line, std::uint64_t page_size,
                            heapsel_board_plan** plan, heapsel_error** error) {
    constexpr const char* function = "heapsel_board_plan_read";
    return c_api::make(function, error, plan, {{"path", path}, {"plan", plan}}, [&] {
        return options_of(kernel, command_line, page_size, function)
            .and_then([&](const PlanOptions& options) {
                return plan_board(std::filesystem::path(path), options);
            })
            .transform(plan_of);
    });
}

void heapsel_board_plan_free(heapsel_board_plan* plan) {
    delete plan;
}

const heapsel_catalog* heapsel_board_plan_catalog(const heapsel_board_plan* plan) {
    return plan == nullptr ? nullptr : &plan->catalog;
}

std::size_t heapsel_board_plan_region_count(const heapsel_board_plan* plan) {
    return plan == nullptr ? 0 : plan->regions.size();
}

const heapsel_planned_region* heapsel_board_plan_region(const heapsel_board_plan* plan,
                                                        std::size_t index) {
    return plan == nullptr ? nullptr : c_api::to_c(c_api::at(plan->regions, index));
}

const char* heapsel_planned_region_path(const heapsel_planned_region* region) {
    return region == nullptr ? nullptr : from_c(region)->path.c_str();
}

heapsel_region_use heapsel_planned_region_use(const heapsel_planned_region* region) {
    return c_api::number_of<heapsel_region_use>(region == nullptr ? RegionUse::refused
                                                                  : from_c(region)->use);
}

const char* heapsel_planned_region_reason(const heapsel_planned_region* region) {
    return region == nullptr ? nullptr : from_c(region)->reason.c_str();
}

bool heapsel_planned_region_range(const heapsel_planned_region* region, std::uint64_t* base,
                                  std::uint64_t* size) {
    if (region == nullptr || !from_c(region)->region)
        return false;
    if (base != nullptr)
        *base = from_c(region)->region->base;
    if (size != nullptr)
        *size = from_c(region)->region->size;
    return true;
}

bool heapsel_planned_region_size(const heapsel_planned_region* region, std::uint64_t* size) {
    if (region == nullptr || !from_c(region)->size)
        return false;
    if (size != nullptr)
        *size = *from_c(region)->size;
    return true;
}

bool heapsel_planned_region_no_map(const heapsel_planned_region* region) {
    return region != nullptr && from_c(region)->no_map;
}

const char* heapsel_planned_region_heap(const heapsel_planned_region* region) {
    const bool none = region == nullptr || from_c(region)->heap.empty();
    return none ? nullptr : from_c(region)->heap.c_str();
}

std::size_t heapsel_planned_region_user_count(const heapsel_planned_region* region) {
    return region == nullptr ? 0 : from_c(region)->users.size();
}

const char* heapsel_planned_region_user(const heapsel_planned_region* region, std::size_t index) {
    const std::string* const user =
        region == nullptr ? nullptr : c_api::at(from_c(region)->users, index);
    return user == nullptr ? nullptr : user->c_str();
}

const char* heapsel_kernel_generation_text(heapsel_kernel_generation kernel) {
    return c_api::word_of(kernel, all_kernel_generations);
}

const char* heapsel_region_use_text(heapsel_region_use use) {
    return c_api::word_of(use, all_region_uses);
}

static_assert(c_api::are(all_kernel_generations, {HEAPSEL_KERNEL_SERIES, HEAPSEL_KERNEL_STOCK,
                                                  HEAPSEL_KERNEL_BEFORE_6_17}));
static_assert(c_api::are(all_region_uses,
                         {HEAPSEL_REGION_DEFAULT_CMA, HEAPSEL_REGION_CMA,
                          HEAPSEL_REGION_COHERENT_POOL, HEAPSEL_REGION_COHERENT_HEAP,
                          HEAPSEL_REGION_RESTRICTED_POOL, HEAPSEL_REGION_CARVE_OUT,
                          HEAPSEL_REGION_DRIVER, HEAPSEL_REGION_DEVICE, HEAPSEL_REGION_FIRMWARE,
                          HEAPSEL_REGION_REFUSED, HEAPSEL_REGION_DISABLED}));
