#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Debian 13's AddressSanitizer for its arm64 cross compiler has the pointers to the functions that it stands in
# for in the section of its code, which is not writable: every program that is built with it dies before main().
# The same version, as it is built on arm64, has them with the data, and programs run.
. "$(dirname "$0")/common.sh"

unpack cross amd64 gcc-aarch64-linux-gnu=4:14.2.0-1 libc6-dev-arm64-cross=2.41-11cross1 \
    libc6-arm64-cross=2.41-11cross1 libasan8-arm64-cross=14.2.0-19cross1 qemu-user=1:10.0.13+ds-0+deb13u1
unpack_alone native arm64 libasan8=14.2.0-19

cat >program.c <<'END'
/* In QEMU, leaks cannot be looked for. */
const char *__asan_default_options(void) { return "detect_leaks=0"; }
int main(void) { return 7; }
END
inside cross aarch64-linux-gnu-gcc -fsanitize=address -o program program.c
mkdir -p runtime
cp -L native/usr/lib/aarch64-linux-gnu/libasan.so.8 runtime/

# section LIBRARY: the one that has the pointer to the real strcat().
section() {
    inside cross aarch64-linux-gnu-objdump -t "$1" | sed -n 's/.* \(\.[a-z]*\)\s.*real_strcatE$/\1/p' | head -n 1
}
# ends DIRECTORY: how the program ends with the library of that directory.
ends() {
    local status=0
    inside cross qemu-aarch64 -L /usr/aarch64-linux-gnu \
        -E "LD_LIBRARY_PATH=$1" ./program >/dev/null 2>&1 || status=$?
    echo "$status"
}

inside cross aarch64-linux-gnu-gcc --version | head -n 1
cross=/usr/aarch64-linux-gnu/lib
compare "where the pointers are, built on arm64" .bss .bss "$(section runtime/libasan.so.8)"
compare "where the pointers are, for the cross compiler" .bss .text "$(section $cross/libasan.so.8)"
compare "how a program that returns 7 ends, with the one that was built on arm64" 7 7 "$(ends "$PWD/runtime")"
compare "and with the cross compiler's (139: a segmentation fault)" 7 139 "$(ends $cross)"
conclude
