// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "card.hpp"

namespace display {

/** Switches @p card's CRTC on with a mode of this size, showing black from a dumb buffer.
 *
 * @p card must be master. The picture lasts as long as card.fd. A mode of the connector's list is
 * taken if one has the size and rate; else one is made up, which a virtual display accepts.
 */
Result<void> show_black(const Card& card, unsigned crtc_index, uint16_t width, uint16_t height,
                        unsigned hz);

} // namespace display
