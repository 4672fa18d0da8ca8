// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include <fuzzer/FuzzedDataProvider.h>

#include <heapsel/heapsel.h>

#include "sound.hpp"

namespace heapsel::fuzz {

/// Objects of one kind that the program owns, each with its function that frees it.
template <typename T>
class Owned {
  public:
    explicit Owned(void (*free)(T*)) : free_(free) {}
    Owned(const Owned&) = delete;
    Owned& operator=(const Owned&) = delete;
    ~Owned() {
        for (T* const object : objects_)
            free_(object);
    }

    void add(T* object) {
        if (object != nullptr)
            objects_.push_back(object);
    }

    /// One of them, or NULL.
    [[nodiscard]] T* any(FuzzedDataProvider& from) const {
        const auto i = from.ConsumeIntegralInRange<std::size_t>(0, objects_.size());
        return i == objects_.size() ? nullptr : objects_[i];
    }

    /// Any number of them, NULL among them.
    [[nodiscard]] std::vector<T*> some(FuzzedDataProvider& from) const {
        std::vector<T*> chosen(from.ConsumeIntegralInRange<std::size_t>(0, 4));
        for (T*& object : chosen)
            object = any(from);
        return chosen;
    }

    void free_one(FuzzedDataProvider& from) {
        T* const object = any(from);
        std::erase(objects_, object);
        free_(object);
    }

  private:
    void (*free_)(T*);
    std::vector<T*> objects_;
};

/// The parameter `error` of a call: given or not, and judged when the call is over.
class ErrorParameter {
  public:
    explicit ErrorParameter(bool wanted) : wanted_(wanted) {}
    ErrorParameter(const ErrorParameter&) = delete;
    ErrorParameter& operator=(const ErrorParameter&) = delete;
    ~ErrorParameter() { heapsel_error_free(error_); }

    operator heapsel_error**() { return wanted_ ? &error_ : nullptr; } // NOLINT: as C sees it

    /// `status` is what the call returned. True after success.
    bool judged(int status) {
        expect(status <= 0, "0, or a negative errno");
        if (!wanted_)
            return status == 0;
        expect((error_ == nullptr) == (status == 0), "an error object after a failure alone");
        if (error_ == nullptr)
            return true;
        expect(status != -ENOTRECOVERABLE, heapsel_error_message(error_));
        expect(heapsel_error_code(error_) == -status, "the error has the errno");
        expect(*heapsel_error_message(error_) != '\0', "the error says something");
        fuzz::expect_printable(heapsel_error_message(error_));
        return false;
    }

  private:
    bool wanted_;
    heapsel_error* error_ = nullptr;
};

/// A text of the API's has an end, if there is one.
inline void read(const char* text) {
    if (text != nullptr)
        static_cast<void>(std::string(text));
}

/// What a program hands to the C API, and how it calls it.
class Caller {
  public:
    Caller(FuzzedDataProvider& from, int device) : from_(from), device_(device) {}

  protected:
    // A text, a word that means something, or NULL.
    const char* text() {
        static constexpr std::array<const char*, 16> words{
            nullptr,        "",     "contiguous",  "non-ecc,cached", "ecc,non-ecc",
            "protected",    "a",    "b",           "alias",          "video0:capture",
            "card0:1:NV12", "none", "/dev/video0", "reference",      "contiguous,,",
            "uncached"};
        if (from_.ConsumeBool())
            return from_.PickValueInArray(words);
        return texts_.emplace_back(from_.ConsumeRandomLengthString(24)).c_str();
    }

    std::vector<const char*> some_texts() {
        std::vector<const char*> some(from_.ConsumeIntegralInRange<std::size_t>(0, 4));
        for (const char*& word : some)
            word = text();
        return some;
    }

    // Nowhere that a call could do harm: no machine's files, and none at all.
    const char* root() { return from_.ConsumeBool() ? "/proc/self/fdinfo" : "/nonexistent"; }

    template <typename Enum>
    Enum value() {
        return static_cast<Enum>(from_.ConsumeBool() ? from_.ConsumeIntegralInRange<int>(-1, 8)
                                                     : from_.ConsumeIntegral<int>());
    }

    std::size_t index() {
        return from_.ConsumeBool() ? from_.ConsumeIntegralInRange<std::size_t>(0, 4)
                                   : from_.ConsumeIntegral<std::size_t>();
    }

    std::uint32_t number() {
        return from_.ConsumeBool() ? from_.ConsumeIntegralInRange<std::uint32_t>(0, 64)
                                   : from_.ConsumeIntegral<std::uint32_t>();
    }

    // Of nothing that is open but a device that knows no ioctl.
    int descriptor() { return from_.ConsumeBool() ? device_ : -1; }

    ErrorParameter error() { return ErrorParameter(from_.ConsumeIntegral<std::uint8_t>() != 0); }

    /// A call that gives a handle: `call` takes where to put it and the error. Now and then it is
    /// told to put it nowhere.
    template <typename T, typename Call>
    void make(Owned<T>& owned, Call call) {
        auto error = this->error();
        T* made = nullptr;
        const bool nowhere = from_.ConsumeIntegral<std::uint8_t>() == 1;
        const bool done = error.judged(call(nowhere ? nullptr : &made, error));
        expect(!(nowhere && done), "a handle must go somewhere");
        expect(nowhere || (made != nullptr) == done, "a handle after success alone");
        owned.add(made);
    }

    FuzzedDataProvider& from_;

  private:
    int device_;
    std::deque<std::string> texts_; // stay where they are
};

} // namespace heapsel::fuzz
