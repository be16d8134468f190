# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
#
# Common to the tests of the packages: the packages, built once for all tests, and their names.

. "${0%/*}/../cli/tap.sh"
top=$(readlink -f "$here/../..")

# build_packages FOLDER: run `make deb` as a user would.
build_packages() {
	env -u MAKEFLAGS -u VI915_START -u SOURCE_DATE_EPOCH \
		make -s -C "$top" deb DEB="$1" > "$dir/make" 2>&1 || {
		cat "$dir/make"
		return 1
	}
}

packages=build/test/deb
have_packages() {
	mkdir -p "$top/build/test"
	exec 9> "$top/build/test/deb.lock"
	flock 9
	[ -e "$top/$packages/done" ] || {
		build_packages "$packages" && touch "$top/$packages/done"
	} || return 1
	exec 9>&-
}

have_packages || {
	echo "Bail out! there are no packages: 'make deb' failed"
	exit 1
}
version=$(sed -n '1s/.*(\(.*\)).*/\1/p' "$top/debian/changelog")
box_deb=$top/$packages/vi915_${version}_amd64.deb
dkms_deb=$top/$packages/vi915-dkms_${version}_all.deb
