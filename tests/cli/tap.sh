# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
#
# Common to the tests of the command: TAP, and a folder to work in.
#
#   . "${0%/*}/tap.sh"
#   claim a-name-for-what-must-hold FUNCTION [ARG]...
#   done_claiming
#
# A claim holds when its function returns 0, in a subshell; otherwise its output is shown.
# $vi915 is the command, $dir a folder of this test. Functions use `same WANT GOT [WHAT]`, which
# prints a difference.

set -u
export LC_ALL=C
here=$(cd "${0%/*}" && pwd)
vi915=$(readlink -f "${VI915:-$here/../../build/vi915}")
[ -x "$vi915" ] || {
	echo "Bail out! there is no ${VI915:-build/vi915}; build it with 'make'"
	exit 1
}
# A variable of the environment would change what is tested.
unset VI915
dir=$(mktemp -d "${TMPDIR:-/tmp}/vi915-cli.XXXXXX") || exit 1
chmod 755 "$dir" && cd "$dir" || exit 1

tap_num=0
tap_failed=0

tap_clean_up() {
	cd / && rm -rf "$dir"
}
trap tap_clean_up EXIT

claim() {
	local name=$1 verdict=ok

	shift
	tap_num=$((tap_num + 1))
	if ! (cd "$dir" && "$@") > "$dir.out" 2>&1 < /dev/null; then
		verdict="not ok"
		tap_failed=$((tap_failed + 1))
		sed 's/^/# /' "$dir.out"
	fi
	rm -f "$dir.out"
	echo "$verdict $tap_num - $name"
}

# skip NAME REASON
skip() {
	tap_num=$((tap_num + 1))
	echo "ok $tap_num - $1 # SKIP $2"
}

done_claiming() {
	echo "1..$tap_num"
	[ "$tap_failed" = 0 ]
	exit
}

same() {
	[ "$1" = "$2" ] && return 0
	printf '%s: want: %s\n' "${3:-it}" "$1"
	printf '%s: got:  %s\n' "${3:-it}" "$2"
	return 1
}

# refused STATUS TEXT COMMAND...: expect STATUS, nothing on stdout and, on stderr, one sentence
# of ours that contains TEXT.
refused() {
	local want=$1 text=$2 got err out lines

	shift 2
	out=$("$@" 2> err)
	got=$?
	err=$(cat err)
	lines=$(wc -l < err)
	same "$want" "$got" status &&
		same "" "$out" stdout &&
		same 1 "$lines" "lines on stderr" &&
		case $err in
		"vi915: "*"$text"*) ;;
		*) same "vi915: ...$text..." "$err" stderr ;;
		esac
}

# The smallest and fastest box.
run() {
	"$vi915" run --gpus 0 --timeout 60 "$@"
}

# Print the session of the box that process $1 has started. Its kernel makes the session, so
# look for it before it may be gone.
box_of() {
	local tries child

	for tries in $(seq 3000); do
		for child in $(cat "/proc/$1/task/$1/children" 2> /dev/null); do
			if [ -e "/proc/$child/exe" ] &&
				[ "$(cut -d' ' -f6 "/proc/$child/stat")" = "$child" ]; then
				echo "$child"
				return 0
			fi
		done
		sleep 0.01
	done
	echo "no box was started by $1 in $tries tries"
	return 1
}

# none_left SESSION: no process of that session is alive after a while.
none_left() {
	local tries left

	for tries in $(seq 3000); do
		left=$(ps -s "$1" -o pid=,stat=,args= | awk '$2 !~ /^Z/')
		[ -z "$left" ] && return 0
		sleep 0.01
	done
	printf 'after %s tries there are:\n%s\n' "$tries" "$left"
	return 1
}

# until_there FILE: wait until a command in a box makes it.
until_there() {
	local tries

	for tries in $(seq 30000); do
		[ -e "$1" ] && return 0
		sleep 0.01
	done
	echo "$1 is not there after $tries tries"
	return 1
}
