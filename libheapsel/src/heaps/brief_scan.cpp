// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heaps/brief_scan.hpp"

#include <algorithm>
#include <cerrno>
#include <format>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <unistd.h>

#include <heapsel/printable.hpp>

#include "heaps/dev_entries.hpp"
#include "heaps/heap_aliases.hpp"
#include "heaps/heap_kind.hpp"
#include "heaps/machine.hpp"
#include "heaps/sysfs.hpp"
#include "heaps/sysfs_entries.hpp"
#include "io/attribute.hpp"
#include "io/directory.hpp"
#include "tree/device_tree.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

/// The children of /reserved-memory, looked at through the few files that tell what they are.
class Nodes {
  public:
    explicit Nodes(const fs::path& root)
        : directory_(Directory::open(root / "sys/firmware/devicetree/base/reserved-memory")) {}

    [[nodiscard]] bool readable() const { return directory_.has_value(); }

    [[nodiscard]] bool has(const std::string& path) const {
        return directory_ && directory_->has(path);
    }

    /// What the kernel makes a heap of a node into, given that it made one.
    [[nodiscard]] std::optional<Kind> linked(const std::string& name) const {
        if (has(name + "/reusable"))
            return kind(Answer::yes, name, "reusable");
        if (has(name + "/no-map"))
            return kind(Answer::no, name, "no-map");
        if (is_compatible(name, "carved-out"))
            return kind(Answer::yes, name, "carved-out, without no-map");
        return std::nullopt;
    }

    /// Of a heap that the kernel links to no node, and that has this one's name.
    [[nodiscard]] std::optional<Kind> namesake(const std::string& name) const {
        if (has(name + "/reusable") && !has(name + "/no-map") && !has(name + "/status") &&
            is_compatible(name, "shared-dma-pool"))
            return kind(Answer::yes, name, "shared-dma-pool, reusable");
        return std::nullopt;
    }

  private:
    [[nodiscard]] static Kind kind(Answer cached, const std::string& name, std::string_view what) {
        return contiguous_kind(cached, Source::device_tree,
                               std::format("/reserved-memory/{}: {}", printable(name), what));
    }

    [[nodiscard]] bool is_compatible(const std::string& name, std::string_view with) const {
        if (!directory_)
            return false;
        auto texts = directory_->file(name + "/compatible", max_device_tree_property);
        if (!texts)
            return false;
        DeviceTreeNode node;
        node.properties.emplace("compatible", *std::move(texts));
        return node.compatible(with);
    }

    Result<Directory> directory_;
};

/// A heap, and what tells whether another one is the same.
struct Found {
    Heap heap;
    std::string node;          ///< Of /reserved-memory; empty where the kernel links it to none.
    bool default_area = false; ///< It is the default CMA area under the area's own name.
};

class BriefScan {
  public:
    explicit BriefScan(const fs::path& root)
        : root_(root), class_path_(root / "sys/class/dma_heap/"),
          device_path_(root / "dev/dma_heap/"), class_(class_of(root)), nodes_(root) {}

    std::optional<HeapCatalog> run() {
        auto entries = list_dev_entries(device_path_, is_live(root_) ? NodeKind::character_device
                                                                     : NodeKind::regular_file);
        if (!entries || !entries->warnings.empty())
            return std::nullopt;
        found_.reserve(entries->nodes.size());
        for (HeapNode& entry : entries->nodes) {
            if (!add(std::move(entry)))
                return std::nullopt;
        }
        fold_default_area();
        std::vector<Heap> heaps;
        heaps.reserve(found_.size());
        for (Found& one : found_) {
            if (!measure(one.heap))
                return std::nullopt;
            heaps.push_back(std::move(one.heap));
        }
        return HeapCatalog(std::move(heaps));
    }

  private:
    bool add(HeapNode&& entry) {
        Found one;
        Heap& heap = one.heap;
        heap.name = std::move(entry.name);
        heap.aliases = std::move(entry.aliases);
        heap.device = device_path_ + heap.name;
        heap.sysfs = {class_path_ + heap.name};
        auto node =
            takes_any_memory(heap.name) ? std::optional<std::string>("") : linked_node(heap.name);
        if (!node)
            return false;
        one.node = *std::move(node);
        const auto kind = kind_of(one);
        if (!kind)
            return false;
        describe_as(heap, *kind);
        found_.push_back(std::move(one));
        return true;
    }

    /// Empty where there is no link; nothing where it leads elsewhere, which is to be warned of.
    [[nodiscard]] std::optional<std::string> linked_node(const std::string& heap) const {
        const auto target = class_ ? class_->link(heap + "/of_node") : std::unexpected(ENOENT);
        if (!target && target.error() == ENOENT)
            return std::string();
        const auto node = target ? reserved_node(*target) : std::nullopt;
        if (!node)
            return std::nullopt;
        return node->substr(node->rfind('/') + 1);
    }

    std::optional<Kind> kind_of(Found& one) const {
        const std::string& name = one.heap.name;
        if (auto kind = documented_kind(name))
            return kind;
        if (!one.node.empty())
            return nodes_.linked(one.node);
        if (name == boot_cma_name && !nodes_.has(name) &&
            (nodes_.readable() || !hides_tree(root_))) {
            one.default_area = true;
            return contiguous_kind(Answer::yes, Source::kernel,
                                   "documented of the default CMA region");
        }
        one.default_area = nodes_.has(name + "/linux,cma-default");
        return nodes_.namesake(name);
    }

    /// The default area has two names in kernels since 6.17, and they are of one heap.
    void fold_default_area() {
        const auto main = std::ranges::find(found_, default_cma_heap,
                                            [](const Found& one) { return one.heap.name; });
        if (main == found_.end())
            return;
        const auto second = std::ranges::find_if(found_, [&](const Found& one) {
            return one.default_area || (&one != &*main && !one.node.empty() &&
                                        one.node == main->node && one.heap.name == one.node);
        });
        if (second == found_.end())
            return;
        Heap& into = main->heap;
        into.aliases.push_back(std::move(second->heap.name));
        std::ranges::move(second->heap.aliases, std::back_inserter(into.aliases));
        std::ranges::sort(into.aliases);
        std::ranges::move(second->heap.sysfs, std::back_inserter(into.sysfs));
        found_.erase(second);
    }

    /// False where the size of memory of its own is not known for sure.
    bool measure(Heap& heap) const {
        if (heap.property(Trait::contiguous).answer == Answer::no)
            return true;
        std::vector<std::string> names{heap.name};
        std::ranges::copy(heap.aliases, std::back_inserter(names));
        for (const std::string& name : names) {
            const auto size = class_ ? read_number(*class_, name + "/size_bytes") : no_number();
            if (size)
                return state_size(heap, *size, class_path_ + name + "/size_bytes");
            // What is no number is to be warned of.
            if (size.error().code != ENOENT)
                return false;
        }
        for (const std::string& name : names) {
            const std::string area = root_ / "sys/kernel/mm/cma" / name / "total_pages";
            const auto pages = is_live(root_) ? read_number(fs::path(area)) : no_number();
            const auto size =
                pages ? in_bytes(*pages, static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)))
                      : std::nullopt;
            if (size)
                return state_size(heap, *size, area);
        }
        return false;
    }

    /// The class has a link for each heap, and following it takes the kernel as long as the rest.
    static Result<Directory> class_of(const fs::path& root) {
        auto devices = Directory::open(root / "sys/devices/virtual/dma_heap");
        return devices ? std::move(devices) : Directory::open(root / "sys/class/dma_heap");
    }

    static Result<std::uint64_t> no_number() {
        return std::unexpected(Error{.code = ENOENT, .operation = {}, .subject = {}, .hint = {}});
    }

    static bool state_size(Heap& heap, std::uint64_t size, std::string_view file) {
        heap.size = size;
        heap.size_from = {.source = Source::sysfs, .evidence = printable(file)};
        return true;
    }

    const fs::path& root_;
    // Texts, as each path that is made of another one is taken to pieces.
    std::string class_path_;
    std::string device_path_;
    Result<Directory> class_;
    Nodes nodes_;
    std::vector<Found> found_;
};

} // namespace

std::optional<HeapCatalog> scan_briefly(const fs::path& root) {
    return BriefScan(root).run();
}

} // namespace heapsel
