// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/gunzip.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace heapsel {
namespace {

/// Thrown in here alone, so that a reader of bits need not ask after each of them.
struct Damaged {
    int code = EINVAL;
};

/// The bits of DEFLATE, the lowest of each byte first.
class Bits {
  public:
    explicit Bits(std::string_view bytes) : bytes_(bytes) {}

    std::uint32_t take(unsigned count) {
        while (held_ < count) {
            hold_ |= std::uint64_t{byte()} << held_;
            held_ += 8;
        }
        const auto value = static_cast<std::uint32_t>(hold_ & ((std::uint64_t{1} << count) - 1));
        hold_ >>= count;
        held_ -= count;
        return value;
    }

    /// Whole bytes follow.
    void align() { take(held_ % 8); }

  private:
    std::uint8_t byte() {
        if (bytes_.empty())
            throw Damaged{};
        const auto next = static_cast<std::uint8_t>(bytes_.front());
        bytes_.remove_prefix(1);
        return next;
    }

    std::string_view bytes_;
    std::uint64_t hold_ = 0;
    unsigned held_ = 0;
};

/// A prefix code, of which the length of each symbol's word says all.
class PrefixCode {
  public:
    explicit PrefixCode(std::span<const std::uint8_t> lengths) {
        for (unsigned length = 1; length < counts_.size(); ++length) {
            for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol) {
                if (lengths[symbol] != length)
                    continue;
                symbols_.push_back(static_cast<std::uint16_t>(symbol));
                ++counts_[length];
            }
        }
    }

    std::uint32_t next(Bits& bits) const {
        std::uint32_t word = 0;  // read so far
        std::uint32_t first = 0; // of those with as many bits
        std::uint32_t before = 0;
        for (unsigned length = 1; length < counts_.size(); ++length) {
            word = word << 1U | bits.take(1);
            first <<= 1U;
            if (word >= first && word - first < counts_[length])
                return symbols_[before + (word - first)];
            first += counts_[length];
            before += counts_[length];
        }
        throw Damaged{};
    }

  private:
    std::array<std::uint32_t, 16> counts_{};
    std::vector<std::uint16_t> symbols_; ///< By their words, short ones first.
};

struct Codes {
    PrefixCode literals;
    PrefixCode distances;
};

Codes fixed_codes() {
    std::array<std::uint8_t, 288> literals{};
    std::fill_n(literals.begin(), 144, std::uint8_t{8});
    std::fill(literals.begin() + 144, literals.begin() + 256, std::uint8_t{9});
    std::fill(literals.begin() + 256, literals.begin() + 280, std::uint8_t{7});
    std::fill(literals.begin() + 280, literals.end(), std::uint8_t{8});
    std::array<std::uint8_t, 30> distances{};
    distances.fill(5);
    return {.literals = PrefixCode(literals), .distances = PrefixCode(distances)};
}

PrefixCode sent_code_of_lengths(Bits& bits, std::size_t sent) {
    constexpr std::array<std::uint8_t, 19> order{16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                 11, 4,  12, 3, 13, 2, 14, 1, 15};
    std::array<std::uint8_t, 19> lengths{};
    for (std::size_t i = 0; i < sent; ++i)
        lengths.at(order.at(i)) = static_cast<std::uint8_t>(bits.take(3));
    return PrefixCode(lengths);
}

/// How often a length stands, by the symbols above all lengths.
std::size_t times_of(std::uint32_t symbol, Bits& bits) {
    if (symbol == 16)
        return bits.take(2) + 3;
    return symbol == 17 ? bits.take(3) + 3 : bits.take(7) + 11;
}

std::vector<std::uint8_t> sent_lengths(Bits& bits, const PrefixCode& code, std::size_t all) {
    std::vector<std::uint8_t> lengths;
    while (lengths.size() < all) {
        const std::uint32_t symbol = code.next(bits);
        if (symbol < 16) {
            lengths.push_back(static_cast<std::uint8_t>(symbol));
            continue;
        }
        if (symbol == 16 && lengths.empty())
            throw Damaged{};
        const std::uint8_t repeated = symbol == 16 ? lengths.back() : std::uint8_t{0};
        lengths.insert(lengths.end(), times_of(symbol, bits), repeated);
    }
    if (lengths.size() > all)
        throw Damaged{};
    return lengths;
}

/// Codes that stand before what they encode, as lengths that are in a code themselves.
Codes sent_codes(Bits& bits) {
    const std::size_t literals = bits.take(5) + 257;
    const std::size_t distances = bits.take(5) + 1;
    const PrefixCode code = sent_code_of_lengths(bits, bits.take(4) + 4);
    const auto lengths = sent_lengths(bits, code, literals + distances);
    const std::span<const std::uint8_t> both(lengths);
    return {.literals = PrefixCode(both.first(literals)),
            .distances = PrefixCode(both.subspan(literals))};
}

class Unpacked {
  public:
    explicit Unpacked(std::size_t limit) : limit_(limit) {}

    void add(std::uint32_t byte) {
        if (text_.size() == limit_)
            throw Damaged{EFBIG};
        text_ += static_cast<char>(byte);
    }

    void repeat(std::size_t length, std::size_t distance) {
        if (distance > text_.size())
            throw Damaged{};
        for (; length > 0; --length)
            add(static_cast<std::uint8_t>(text_[text_.size() - distance]));
    }

    std::string text() && { return std::move(text_); }

  private:
    std::size_t limit_;
    std::string text_;
};

void add_stored(Bits& bits, Unpacked& out) {
    bits.align();
    const std::uint32_t length = bits.take(16);
    if (bits.take(16) != (length ^ 0xffffU))
        throw Damaged{};
    for (std::uint32_t i = 0; i < length; ++i)
        out.add(bits.take(8));
}

/// Symbols 257 to 284 in groups of four, each with a bit more than the one before; 285 stands
/// alone.
std::size_t length_of(std::uint32_t symbol, Bits& bits) {
    if (symbol == 285)
        return 258;
    if (symbol < 265)
        return symbol - 254;
    const std::uint32_t more = (symbol - 261) / 4;
    return (std::size_t{4 + ((symbol - 261) % 4)} << more) + 3 + bits.take(more);
}

/// The same in groups of two.
std::size_t distance_of(std::uint32_t symbol, Bits& bits) {
    if (symbol > 29)
        throw Damaged{};
    if (symbol < 4)
        return symbol + 1;
    const std::uint32_t more = (symbol / 2) - 1;
    return (std::size_t{2 + (symbol % 2)} << more) + 1 + bits.take(more);
}

void add_encoded(const Codes& codes, Bits& bits, Unpacked& out) {
    for (;;) {
        const std::uint32_t symbol = codes.literals.next(bits);
        if (symbol == 256)
            return;
        if (symbol > 285)
            throw Damaged{};
        if (symbol < 256) {
            out.add(symbol);
            continue;
        }
        const std::size_t length = length_of(symbol, bits);
        out.repeat(length, distance_of(codes.distances.next(bits), bits));
    }
}

void inflate(Bits& bits, Unpacked& out) {
    for (bool last = false; !last;) {
        last = bits.take(1) != 0;
        switch (bits.take(2)) {
        case 0:
            add_stored(bits, out);
            break;
        case 1:
            add_encoded(fixed_codes(), bits, out);
            break;
        case 2:
            add_encoded(sent_codes(bits), bits, out);
            break;
        default:
            throw Damaged{};
        }
    }
}

void skip_text(Bits& bits) {
    while (bits.take(8) != 0)
        continue;
}

void skip_header(Bits& bits) {
    if (bits.take(16) != 0x8b1f || bits.take(8) != 8)
        throw Damaged{};
    const std::uint32_t flags = bits.take(8);
    bits.take(16); // the time, in halves
    bits.take(16);
    bits.take(16); // how it was packed, and on what
    if ((flags & 4U) != 0) {
        for (std::uint32_t left = bits.take(16); left > 0; --left)
            bits.take(8);
    }
    if ((flags & 8U) != 0)
        skip_text(bits); // a file's name
    if ((flags & 16U) != 0)
        skip_text(bits); // a comment
    if ((flags & 2U) != 0)
        bits.take(16); // the header's checksum
}

std::uint32_t checksum_of(std::string_view text) {
    std::uint32_t sum = 0xffffffff;
    for (const char c : text) {
        sum ^= static_cast<std::uint8_t>(c);
        for (int bit = 0; bit < 8; ++bit)
            sum = sum >> 1U ^ ((sum & 1U) != 0 ? 0xedb88320U : 0U);
    }
    return ~sum;
}

} // namespace

std::expected<std::string, int> gunzip(std::string_view packed, std::size_t limit) {
    try {
        Bits bits(packed);
        Unpacked out(limit);
        skip_header(bits);
        inflate(bits, out);
        std::string text = std::move(out).text();
        bits.align();
        if (bits.take(32) != checksum_of(text) ||
            bits.take(32) != static_cast<std::uint32_t>(text.size()))
            return std::unexpected(EINVAL);
        return text;
    } catch (const Damaged& damage) {
        return std::unexpected(damage.code);
    }
}

} // namespace heapsel
