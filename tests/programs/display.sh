# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
#
# Common to the tests of programs for outputs. The output is the first one of the first GPU,
# which is called vi915.0 on DRM's "bus".
#
#   . "${0%/*}/display.sh"
#   show MODETEST-OPTION...		modetest shows something and waits
#   shows MODE [LAYER]...		that is on the screen, and its CRC is right
#   hide				modetest ends, and well
#   on_screen OPTIONS MODE [LAYER]...	all three
#
# See planes.pl for what a LAYER is.

. "${0%/*}/programs.sh"
needs modetest

crtc_dir=/sys/kernel/debug/dri/${card#card}/crtc-0
# After a GPU was unplugged and plugged again, the first card whose driver is called i915 may be
# another one.
of_gpu=(-M i915 -D vi915.0)

# The ids of the first GPU's objects.
modetest "${of_gpu[@]}" -c -p > objects 2> /dev/null
connector=$(awk '/^Connectors:/ { found = 1 } found && /^[0-9]+\t/ { print $1; exit }' objects)
crtc=$(awk '/^CRTCs:/ { found = 1 } found && /^[0-9]+\t/ { print $1; exit }' objects)
# plane_of TYPE: print the first plane of that type: 0 overlay, 1 primary, 2
# cursor.
plane_of() {
	awk -v type="$1" '/^Planes:/ { found = 1 }
		found && /^[0-9]+\t/ { plane = $1 }
		found && /^\t[0-9]+ / { name = $2 }
		name == "type:" && $1 == "value:" && $2 == type { print plane; exit }' objects
}
overlay=$(plane_of 0)
primary=$(plane_of 1)
cursor=$(plane_of 2)
mode=640x480
# The mode in two notations; most of these tests set it.
mode_arg=$connector@$crtc:$mode-60

# modetest ends when it can read a line.
mkfifo line && exec 9<> line

show() {
	(exec modetest "${of_gpu[@]}" "$@" < line > shown 2>&1 9>&-) &
	pid=$!
}

# Lines in which modetest says what it does; any other line is a complaint.
said='^(setting mode .*|testing .*|freq: .*|starting cursor|cursor stopped)$'

hide() {
	local status

	echo >&9
	wait "$pid"
	status=$?
	same 0 $status "status of modetest" && ! grep -vE "$said" shown
}

# crcs NUMBER: print the numbers and CRCs of the next frames, one per line. The kernel leaves a
# zero byte in each line.
crcs() {
	echo auto > "$crtc_dir/crc/control" &&
		timeout 20 head -n "$1" "$crtc_dir/crc/data" 2> /dev/null | tr -d '\0'
}

# modetest may need some time to get there.
shows() {
	local tries

	picture=
	for tries in $(seq 2000); do
		cat "$crtc_dir/vi915_shot" > shot 2> err &&
			picture=$(perl "$here/planes.pl" shot "$@" 2> err) && break
		kill -0 "$pid" 2> /dev/null || break
		sleep 0.05
	done
	[ -n "$picture" ] || { echo "not shown after $tries tries: $(cat err shown)"; return 1; }
	same "$picture" "$(crcs 1 | cut -d " " -f 2)" "CRC of a frame"
}

# The output is off.
dark() {
	! cat "$crtc_dir/vi915_shot" > shot 2> err && grep -q 'No data available' err
}

# on_screen MODETEST-OPTIONS MODE [LAYER]...: show, check and hide, with the options in one
# word. In between, the function named by `meanwhile` is called, if any.
meanwhile=
on_screen() {
	local options=$1 good=0

	shift
	# shellcheck disable=SC2086 # a list of options
	show $options
	shows "$@" || good=1
	if [ -n "$meanwhile" ]; then
		$meanwhile || good=1
		shows "$@" || good=1
	fi
	hide || good=1
	return $good
}
