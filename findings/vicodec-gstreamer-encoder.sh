#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# GStreamer 1.26's v4l2fwhtenc does not encode pictures smaller than 1280x720 with vicodec of Linux 7.3.
# vicodec takes the size of compressed frames (CAPTURE) from the pictures' (OUTPUT), which are 1280x720
# until somebody sets them; GStreamer sets CAPTURE first, keeps the size that it is told then, and
# later finds the buffers smaller. From 1280x720 on they are not.
# Debian's kernel has no vicodec, so its source is compiled here, as it is.
. "$(dirname "$0")/machine.sh"

need_machine gstreamer1.0-tools=1.26.2-2 gstreamer1.0-plugins-base=1.26.2-1+deb13u2 \
    gstreamer1.0-plugins-good=1.26.2-1+deb13u2
unpack_alone source amd64 "linux-source-7.3=$linux_version"
unpack compiler amd64 "linux-headers-$linux=$linux_version" gcc-14=14.2.0-19 grep make mawk sed
ln -s mawk compiler/usr/bin/awk

# build_modules: vicodec, and the part of V4L2 that it needs and Debian's kernel has not.
build_modules() {
    inside tools xz -dc source/usr/src/linux-source-7.3.tar.xz | tar -x --wildcards --strip-components=1 \
        '*/drivers/media/test-drivers/vicodec/*' '*/drivers/media/v4l2-core/v4l2-mem2mem.c'
    mv drivers/media/test-drivers/vicodec vicodec
    mv drivers/media/v4l2-core/v4l2-mem2mem.c vicodec/
    echo 'obj-m := v4l2-mem2mem.o vicodec.o' >>vicodec/Makefile
    inside compiler make -s -j2 -C "/usr/src/linux-headers-$linux" M="$work/vicodec" CC=gcc-14 modules
}
build_modules >build.log 2>&1 || { cat build.log; exit 2; }

add_modules drivers/media/{mc/mc,v4l2-core/videodev} \
    drivers/media/common/videobuf2/videobuf2-{common,v4l2,memops,vmalloc}
add_module <vicodec/v4l2-mem2mem.ko
add_module <vicodec/vicodec.ko

# shellcheck disable=SC2119 # the machine as it is
boot <<'END'
export HOME=/tmp GST_PLUGIN_SYSTEM_PATH=/plugins GST_DEBUG=v4l2allocator:1 GST_DEBUG_NO_COLOR=1
mkdir /plugins
for plugin in coreelements multifile video4linux2 videotestsrc; do
    ln -s /usr/lib/x86_64-linux-gnu/gstreamer-1.0/libgst$plugin.so /plugins/
done
uname -sr
gst-inspect-1.0 --version | grep GStreamer

# encode WIDTH HEIGHT: 3 pictures, each compressed one into a file.
encode() {
    mkdir /tmp/$1x$2
    gst-launch-1.0 -q --no-position videotestsrc num-buffers=3 ! video/x-raw,width=$1,height=$2 ! \
        v4l2fwhtenc ! multifilesink location=/tmp/$1x$2/%d >/tmp/log 2>&1 || grep -o 'buffer size.*' /tmp/log
    echo "frames-$1x$2 $(ls /tmp/$1x$2 | wc -l)"
}
encode 640 480
encode 1280 720
encode 1920 1080
END
frames() { awk -v what="frames-$1" '$1 == what { print $2 }' console; }
grep -E '^(Linux|GStreamer) ' console
compare 'compressed frames of 3 pictures, 1280x720' 3 3 "$(frames 1280x720)"
compare 'compressed frames of 3 pictures, 1920x1080' 3 3 "$(frames 1920x1080)"
compare 'compressed frames of 3 pictures, 640x480' 3 0 "$(frames 640x480)"
compare 'what GStreamer says of that' nothing 'buffer size 1228844 is smaller then negotiated size 3686444' \
    "$(grep -o '^buffer size [0-9]* is smaller then negotiated size [0-9]*' console)"
conclude
