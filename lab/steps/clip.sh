# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# The clip that the demonstration decodes: real footage from Debian's opencv-doc (people crossing a
# yard, 768x576, 795 frames), encoded to FWHT by the board's own encoder. It is made once and kept
# with what checkouts share; nothing of it is in this repository.

footage_package=opencv-doc
footage_file=usr/share/doc/opencv-doc/examples/data/vtest.avi

footage_path() { echo "$cache/footage/vtest-$({ echo "$suite $footage_package $footage_file"; } | key_of)"; }

make_footage() {
    mkdir "$1"
    apt_elsewhere "$suite" apt-get update
    (cd "$1" && apt_elsewhere "$suite" apt-get download "$footage_package")
    dpkg-deb --fsys-tarfile "$1"/*.deb | tar -x -O "./$footage_file" >"$1/vtest.avi"
    rm "$1"/*.deb
}

# Full range, as the display takes YUV by default.
raw_frames=(-vf scale=out_range=full -pix_fmt nv12 -f rawvideo)

# The encoder is the base kernel's; our series does not touch what it writes.
clip_path() {
    echo "$cache/footage/clip-$({
        footage_path | xargs basename
        echo "${raw_frames[*]}"
        cat "$top/lab/demo/encode" "$top/lab/tools/gdp.py" "$series_dir/base"
    } | key_of)"
}

make_clip() {
    mkdir "$1"
    in_lab ffmpeg -v error -i "$(footage_path)/vtest.avi" "${raw_frames[@]}" "$1/raw.nv12"
    on_board "$top/lab/demo/encode" "$1/raw.nv12" "$1/frames.fwht"
    in_lab python3 "$top/lab/tools/gdp.py" "$1/frames.fwht" "$1/clip.fwht"
    rm "$1/raw.nv12" "$1/frames.fwht"
}

# A second one for the stateless decoder, which answers with a picture of its own making: a few
# seconds, with references in both directions.
h264_frames=(-frames:v 60 -vf scale=320:240 -c:v libx264 -threads 1 -g 30 -bf 2 -f h264)

h264_path() {
    echo "$cache/footage/h264-$({
        footage_path | xargs basename
        echo "${h264_frames[*]}"
    } | key_of)"
}

make_h264() {
    mkdir "$1"
    in_lab ffmpeg -v error -i "$(footage_path)/vtest.avi" "${h264_frames[@]}" "$1/clip.h264"
}

need_footage() {
    make_footage_shown() { with_progress "clip: $footage_package from Debian" "$build/log/footage.log" make_footage "$1"; }
    made_once "$(footage_path)" make_footage_shown
}

# need_clip: after need_board; sets HEAPSEL_CLIP for what runs in the lab.
need_clip() {
    need_footage
    make_clip_shown() { with_progress "clip: FWHT, by the board's encoder" "$build/log/clip.log" make_clip "$1"; }
    made_once "$(clip_path)" make_clip_shown
    export HEAPSEL_CLIP
    HEAPSEL_CLIP=$(clip_path)/clip.fwht
}

# need_h264: the same for HEAPSEL_H264.
need_h264() {
    need_footage
    make_h264_shown() { with_progress "clip: H.264" "$build/log/h264.log" make_h264 "$1"; }
    made_once "$(h264_path)" make_h264_shown
    export HEAPSEL_H264
    HEAPSEL_H264=$(h264_path)/clip.h264
}
