// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report.hpp"

#include <format>
#include <nlohmann/json.hpp>

namespace example {

std::string as_text(const Report& report) {
    const Played& played = report.played;
    std::string consumers;
    for (const auto& consumer : report.consumers)
        consumers += (consumers.empty() ? "" : ", ") + consumer;
    return std::format("camera   {}\n"
                       "display  {}\n"
                       "pictures {}x{} {}\n"
                       "between  {}\n"
                       "heap     {}: {}\n"
                       "buffers  {}, {} bytes\n"
                       "frames   {} captured, {} shown, {} dropped, {} copies, in {:.1f} s\n",
                       report.camera, report.display, report.width, report.height, report.format,
                       consumers, report.heap, report.reason, report.buffers, report.bytes,
                       played.captured, played.shown, played.dropped, played.copies,
                       played.seconds);
}

std::string as_json(const Report& report) {
    const Played& played = report.played;
    const nlohmann::ordered_json json{
        {"camera", report.camera},   {"display", report.display},   {"format", report.format},
        {"width", report.width},     {"height", report.height},     {"consumers", report.consumers},
        {"heap", report.heap},       {"reason", report.reason},     {"buffers", report.buffers},
        {"bytes", report.bytes},     {"captured", played.captured}, {"shown", played.shown},
        {"dropped", played.dropped}, {"copies", played.copies},     {"seconds", played.seconds}};
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

} // namespace example
