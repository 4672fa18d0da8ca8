#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Debian 13's ONNX Runtime for arm64 cannot be loaded on a Cortex-A53, A57 or A72, which most boards with a video
# decoder have: its initialisation has an instruction that these cores of ARMv8.0 do not have. GStreamer's plugin
# "onnx" (in gstreamer1.0-plugins-bad) links it, so there the scanner of plugins dies at each scan, and leaves the
# plugin out. Nothing else is lost.
. "$(dirname "$0")/common.sh"

unpack cross amd64 gcc-aarch64-linux-gnu=4:14.2.0-1 libc6-dev-arm64-cross=2.41-11cross1 qemu-user=1:10.0.13+ds-0+deb13u1
unpack board arm64 libonnxruntime1.21=1.21.0+dfsg-1

# It looks for CPUs there.
mkdir -p board/sys/devices/system/cpu
echo 0-1 | tee board/sys/devices/system/cpu/possible >board/sys/devices/system/cpu/present

cat >load.c <<'END'
#include <dlfcn.h>
#include <stdio.h>
int main(int argc, char **argv)
{
    if (dlopen(argv[1], RTLD_NOW))
        return 0;
    puts(dlerror());
    return 1;
}
END
inside cross aarch64-linux-gnu-gcc -o board/load load.c

# ends CPU LIBRARY: how loading the library ends there.
ends() {
    local status=0
    inside cross qemu-aarch64 -cpu "$1" -L board board/load "$2" >said 2>&1 || status=$?
    [ "$status" -ne 1 ] || cat said >&2
    echo "$status"
}

inside cross qemu-aarch64 --version | head -n 1
compare "loading libstdc++ on a Cortex-A57" 0 0 "$(ends cortex-a57 libstdc++.so.6)"
compare "loading ONNX Runtime on a Cortex-A76" 0 0 "$(ends cortex-a76 libonnxruntime.so.1.21)"
for cpu in cortex-a53 cortex-a57 cortex-a72; do
    compare "loading ONNX Runtime on a $cpu (132: an illegal instruction)" 0 132 "$(ends $cpu libonnxruntime.so.1.21)"
done
conclude
