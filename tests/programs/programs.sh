# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
#
# Common to the tests of third-party programs: unmodified packages of Debian, run in the box and
# judged by their output and exit code.
#
#   . "${0%/*}/programs.sh"
#   needs PROGRAM...
#   claim NAME figures LINES FORM PROGRAM [ARG]...
#   claim NAME says STATUS TEXT PROGRAM [ARG]...

. "${0%/*}/../cli/tap.sh"

PATH=$PATH:/usr/libexec/igt-gpu-tools/benchmarks
# Microseconds, MB/s or a rate: a line with a single figure.
figure=' *([0-9]+\.[0-9]+)'

# Nodes of the first GPU. Their numbers may be any, since a test before may have
# unplugged it.
card=$(basename /sys/devices/platform/vi915.0/drm/card*)
render=$(basename /sys/devices/platform/vi915.0/drm/renderD*)

# A missing program is a failure, and nothing is tested: `make test` installs them.
needs() {
	local program

	for program; do
		command -v "$program" > /dev/null && continue
		echo "Bail out! there is no $program; run 'box/setup test' as root"
		exit 1
	done
}

# ended STATUS PROGRAM [ARG]...: it must end with STATUS, in time, and without complaint. Its
# output is in `out`.
ended() {
	local want=$1 status

	shift
	timeout -k 5 900 "$@" > out 2> err
	status=$?
	same "$want" $status "status of $*" && [ ! -s err ] && return
	cat out err
	return 1
}

# figures LINES FORM PROGRAM [ARG]...: it must end with 0 and print that many lines of this
# form, whose first group is a number above 0.
figures() {
	local lines=$1 form=$2 line number

	shift 2
	ended 0 "$@" || return
	while IFS= read -r line; do
		[[ $line =~ ^$form$ ]] || same "$form" "$line" "line of $*" || return
		number=${BASH_REMATCH[1]}
		awk -v number="$number" 'BEGIN { exit !(number > 0) }' ||
			same "more than 0" "$number" "figure of $*" || return
	done < out
	same "$lines" "$(wc -l < out)" "lines of $*"
}

# says STATUS TEXT PROGRAM [ARG]...: it must end with STATUS, and its output must contain TEXT.
says() {
	local status=$1 text=$2

	shift 2
	ended "$status" "$@" && { grep -qF -- "$text" out || same "$text" "$(cat out)"; }
}
