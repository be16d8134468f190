# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Checks of the text of files and of the history.

# awk_files PROGRAM [VARIABLE=VALUE...]: run PROGRAM once over the files named on
# standard input. It defines begin() and end(), called around each file.
awk_files() {
	local program=$1 list=()

	shift
	mapfile -t list
	[ ${#list[@]} -eq 0 ] || awk "$program"'
		FNR == 1 { if (file != "") end(); file = FILENAME; begin() }
		{ line() }
		END { if (file != "") end() }' "$@" "${list[@]}"
}

# The licence line, in the comment style of the file's kind. Some files cannot have comments.
check_spdx() {
	files ':!LICENSE*' ':!box/patches' ':!debian/changelog' ':!debian/copyright' \
		':!debian/source' ':!*.md' ':!.gitignore' ':!*.png' ':!tests/world' | awk_files '
		function begin() {
			seen = 0
			want = file ~ /\.c$/ ? "// " : file ~ /\.h$/ ? "/* " : "# "
			want = want "SPDX-License-Identifier: GPL-2.0-only OR MIT"
		}
		function line() { if (FNR <= 2 && index($0, want) == 1) seen = 1 }
		function end() {
			if (!seen)
				print file ": the first line must hold " want
		}'
	empty_files ':!debian/source' ':!.gitignore'
}

# A file without a line was added by mistake.
empty_files() {
	local file

	files "$@" | while IFS= read -r file; do
		[ -s "$file" ] || echo "$file: is empty; remove it"
	done
}

# One noun per file: a longer file has two.
check_length() {
	files '*.[ch]' '*.sh' '*.awk' '*.mk' Makefile | awk_files '
		function begin() { start = 0 }
		function line() {
			lines = FNR
			if ($0 ~ /^[a-zA-Z_].*\)$/) name = $0
			if ($0 == "{") start = FNR
			if ($0 == "}" && start) {
				if (FNR - start > 100)
					print file ":" start ": " FNR - start " lines in " name
				start = 0
			}
		}
		function end() {
			if (lines > 600)
				print file ": " lines " lines; split it at 600"
		}'
}

# Each header has a guard that is named after the file.
check_guards() {
	# Headers of trace events are included more than once.
	files '*.h' ':!*_trace.h' | awk_files '
		function begin() {
			guard = define = ""
			name = file
			gsub(/^.*\/|\.h$/, "", name)
			gsub(/-/, "_", name)
			name = toupper(name)
		}
		function line() {
			if ($0 !~ /^#/ || define != "")
				return
			if (guard == "")
				guard = $1 == "#ifndef" ? $2 : "?"
			else
				define = $1 == "#define" ? $2 : "?"
		}
		function end() {
			if (guard != define || index(guard, name "_H") == 0)
				print file ": wants the guard #ifndef ..." name "_H, #define ..." name "_H"
		}'
}

# Words that promise work instead of doing it. Patches of Linux are left out.
check_words() {
	files ':!box/patches' ':!lint/*' ':!LICENSE*' ':!*.png' |
		xargs grep -nwE 'TODO|FIXME|XXX|HACK|stub|stubbed|not implemented|placeholder|for now'
	return 0
}

# Plain sentences in comments and documents: subject, verb, object.
check_sentences() {
	files ':!LICENSE*' ':!box/patches' ':!debian/changelog' ':!debian/source' ':!*.png' ':!*.txt' |
		awk_files "$(cat lint/sentences.awk)"
}

# Paths that exist only on one machine.
check_paths() {
	files ':!lint/*' ':!*.png' | xargs grep -nE '/(work|home/[a-z]+|root)/'
	return 0
}

# Patches are left out: an empty line of context there is a blank.
check_whitespace() {
	local file

	git diff --check "$(git hash-object -t tree /dev/null)" -- ':!LICENSES' ':!box/patches' ||
		return 0
	# One quick look at the last byte of all files, before finding which one lacks a newline.
	files ':!LICENSES' ':!*.png' | xargs -d '\n' tail -q -c 1 |
		tr -d '\n' | grep -q . || return 0
	files ':!LICENSES' ':!*.png' | while IFS= read -r file; do
		[ -z "$(tail -c 1 "$file")" ] || echo "$file: no newline at the end"
	done
}

# Lists are sorted from a comment that says 'sorted' to the next empty line.
check_sorted() {
	files Makefile '*.mk' '*Kbuild' box/setup 'box/*.config' | awk_files '
		function begin() { on = 0 }
		function line(n, i, word) {
			if ($0 ~ /^#.*[Ss]orted/) {
				on = 1
				last = ""
				return
			}
			if ($0 ~ /^[ \t]*$/)
				on = 0
			if (!on)
				return
			sub(/^.*[:+]?= */, "")
			n = split($0, word, " ")
			for (i = 1; i <= n; i++) {
				if (word[i] == "\\")
					continue
				if (word[i] < last)
					print file ":" FNR ": " word[i] " belongs before " last
				last = word[i]
			}
		}
		function end() { }'
	[ ! -f driver/Kbuild ] || grep -q '^#.*[Ss]orted' driver/Kbuild ||
		echo "driver/Kbuild: the list of objects has no comment 'Sorted.'"
}

# Subjects of commits are `area: do this`, short enough for one line of a log.
check_commits() {
	git log --no-merges --format='%h %s' |
		grep -vE '^[0-9a-f]+ [a-z0-9_./,-]+: [a-z].{0,80}[^.]$'
	git log --no-merges --format='%h %s' | awk 'length($0) > 84 { print $0 ": too long" }'
}

check_syntax() {
	local file

	scripts | while IFS= read -r file; do
		case $(head -n 1 "$file") in
		'#!/bin/sh'*) sh -n "$file" ;;
		*) bash -n "$file" ;;
		esac
	done
}
