// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>

#include <gst/gst.h>

namespace gstheapsel {

struct Unref {
    void operator()(gpointer object) const { gst_object_unref(object); }
};
/// A reference to a GstObject that is given up with it.
template <typename T>
using Ref = std::unique_ptr<T, Unref>;

} // namespace gstheapsel
