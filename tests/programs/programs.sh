# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
#
# What the tests of programs that nobody here wrote share: unmodified packages
# of Debian, run in the box, judged by what they print and how they end.
#
#   . "${0%/*}/programs.sh"
#   needs PROGRAM...
#   claim NAME figures LINES FORM PROGRAM [ARG]...
#   claim NAME says STATUS TEXT PROGRAM [ARG]...

. "${0%/*}/../cli/tap.sh"

PATH=$PATH:/usr/libexec/igt-gpu-tools/benchmarks
# Microseconds, MB or times a second: a line that is nothing but one figure.
figure=' *([0-9]+\.[0-9]+)'

# Nodes of the first GPU. A test before may have unplugged it: any numbers.
card=$(basename /sys/devices/platform/vi915.0/drm/card*)
render=$(basename /sys/devices/platform/vi915.0/drm/renderD*)

# Nothing is tested where a program is missing, which is a failure: `make test`
# installs them.
needs() {
	local program

	for program; do
		command -v "$program" > /dev/null && continue
		echo "Bail out! there is no $program; run 'box/setup test' as root"
		exit 1
	done
}

# ended STATUS PROGRAM [ARG]...: it ends so, in time, and complains of nothing.
# What it printed is in `out`.
ended() {
	local want=$1 status

	shift
	timeout -k 5 240 "$@" > out 2> err
	status=$?
	same "$want" $status "status of $*" && [ ! -s err ] && return
	cat out err
	return 1
}

# figures LINES FORM PROGRAM [ARG]...: it ends with 0 and prints that many lines
# which all have this form, whose first group is a number above 0.
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

# says STATUS TEXT PROGRAM [ARG]...: it ends with STATUS and its output holds
# TEXT.
says() {
	local status=$1 text=$2

	shift 2
	ended "$status" "$@" && { grep -qF -- "$text" out || same "$text" "$(cat out)"; }
}
