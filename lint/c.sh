# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Checks of our C by the kernel's tools and cppcheck.

# checkpatch leaves a list of names in the current folder, so it runs in build/, and the paths in
# its findings are made relative to the top again.
checkpatch() {
	local ignore=$1 top=$PWD

	shift
	[ $# -gt 0 ] || return 0
	(cd $work && GIT_DIR=$(git rev-parse --absolute-git-dir) "$top/$ksrc/scripts/checkpatch.pl" --no-tree --no-summary --quiet \
		--show-types --terse --strict --max-line-length=100 --ignore "$ignore" \
		-f "${@/#/$top/}") | sed "s@^$top/@@"
	return "${PIPESTATUS[0]}"
}

join() { local IFS=,; echo "$*"; }

# These findings of checkpatch mean nothing outside of the kernel's tree, or for a new file.
no_tree=(
	CONFIG_DESCRIPTION
	CONST_STRUCT		# cannot tell a forward declaration
	ENOSYS			# what DRM says for a driver without a call
	FILE_PATH_CHANGES
	MAINTAINERS_STYLE
	SPDX_LICENSE_TAG	# ours has two names; check_spdx looks at it
)

# Headers of trace events consist of macros that are laid out like structs.
trace_layout=(OPEN_ENDED_LINE PARENTHESIS_ALIGNMENT)

check_checkpatch_driver() {
	# shellcheck disable=SC2046
	checkpatch "$(join "${no_tree[@]}")" $(driver_c | grep -v '_trace\.h$')
	# shellcheck disable=SC2046
	checkpatch "$(join "${no_tree[@]}" "${trace_layout[@]}")" $(files 'driver/*_trace.h')
}

# Programs have neither the kernel's types and macros nor its rules on strings.
check_checkpatch_user() {
	local ignore=(
		"${no_tree[@]}"
		ARRAY_SIZE			# programs have no such macro
		AVOID_EXTERNS			# environ has no header
		BIT_MACRO			# programs have no such macro
		CAMELCASE			# libpng and stdint name things so
		COMPLEX_MACRO			# kselftest_harness.h is made of them
		EXPORT_SYMBOL			# config_host.h makes nothing of it
		LONG_LINE_STRING
		MACRO_ARG_REUSE			# the same
		MEMORY_BARRIER			# programs have them without smp_mb()
		MULTIPLE_ASSIGNMENTS		# fds start as a = b = -1
		PREFER_DEFINED_ATTRIBUTE_MACRO
		PREFER_KERNEL_TYPES		# uint32_t is C's own
		QUOTED_WHITESPACE_BEFORE_NEWLINE	# has a meaning in scanf
		SPLIT_STRING			# sentences for people run over lines
		STATIC_CONST_CHAR_ARRAY
		VOLATILE			# a mapping that somebody else writes
	)

	# shellcheck disable=SC2046
	checkpatch "$(join "${ignore[@]}")" $(user_c)
}

check_kernel_doc() {
	# shellcheck disable=SC2046
	[ -z "$(driver_c)" ] ||
		"$ksrc/scripts/kernel-doc" -none -Werror -Wreturn -Wshort-desc $(driver_c) 2>&1
}

# A folder of links to the driver, for checks that build beside the source.
driver_folder() {
	mkdir -p "$1"
	find "$1" '(' -type l -o -name Kbuild ')' -delete
	cp -as "$PWD/driver/." "$1/"
}

kbuild() {
	local folder=$1

	shift
	env -u MAKEFLAGS -u MAKELEVEL make -s -C build/box/fast/kbuild \
		M="$PWD/$folder" ARCH=um -j"$(nproc)" "$@"
}

# Warnings in the kernel's own headers are left out, since we cannot fix them.
check_sparse() {
	local folder=$work/driver

	[ -f driver/Kbuild ] || return 0
	driver_folder $folder
	kbuild $folder C=2 CHECK="sparse -Wcontext" modules 2>&1 |
		sed "s@$PWD/$folder/@driver/@" > $work/sparse.log
	if [ "${PIPESTATUS[0]}" = 0 ]; then
		grep -E '^driver/.*(warning|error):' $work/sparse.log | sort -u
	else
		tail -n 20 $work/sparse.log
	fi
	return 0
}

# Compile each header alone, included twice: it must include all that it uses, and its guard must
# hold.
check_headers_driver() {
	local folder=$work/headers header object objects=()

	driver_folder $folder
	rm -f $folder/Kbuild $folder/header_*.c
	for header in $(files 'driver/*.h'); do
		case $header in *_trace.h) continue ;; esac
		header=${header#driver/}
		object=header_$(basename "$header" .h)
		printf '#include "%s"\n#include "%s"\n' "$header" "$header" > $folder/"$object".c
		objects+=("$object.o")
	done
	[ ${#objects[@]} -gt 0 ] || return 0
	# shellcheck disable=SC2016 # kbuild's variable
	echo 'obj-m := lint.o
lint-y := '"${objects[*]}"'
ccflags-y := -I$(src) -I$(src)/tests' > $folder/Kbuild
	kbuild $folder "${objects[@]}" 2>&1 | sed "s@$PWD/$folder/@driver/@" |
		grep -E 'error|warning|fatal|No rule'
	return 0
}

user_flags=(-std=gnu11 -Ulinux -D_GNU_SOURCE -D__packed='__attribute__((packed))' -I. -Itests/lib
	-Ibuild/include -isystem "$ksrc/tools/testing/selftests" -I/usr/include/libdrm)

check_headers_user() {
	local header

	for header in $(files '*.h' ':!driver'); do
		printf '#include "%s"\n#include "%s"\n' "$header" "$header" |
			gcc "${user_flags[@]}" -Wall -Wextra -Wno-unused-function -Werror \
				-fsyntax-only -x c -I"$(dirname "$header")" - ||
			echo "$header does not compile alone"
	done 2>&1
}

# Suppressed are guesses across functions, which are wrong where a callee fills in the argument, and
# self-assignment, which is how a test touches a volatile page.
check_cppcheck() {
	# shellcheck disable=SC2046
	[ -z "$(user_c)" ] || cppcheck --quiet --std=c11 --enable=warning,performance,portability \
		--inline-suppr --suppress=missingIncludeSystem --suppress=unknownMacro \
		--suppress=ctunullpointer --suppress=ctuuninitvar --suppress=selfAssignment \
		--template='{file}:{line}: {severity}: {message} [{id}]' \
		-D_GNU_SOURCE -I. -Itests/lib -Ibox -Icli $(files '*.c' ':!driver') 2>&1
}
