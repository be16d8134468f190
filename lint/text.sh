# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What can be seen in the text of the files and in the history alone.

# The licence, in the comment style of the kind of file; some of Debian's have none.
check_spdx() {
	local file want

	files ':!LICENSE*' ':!debian/changelog' ':!debian/copyright' ':!debian/source' \
		':!*.md' ':!.gitignore' ':!*.png' | while IFS= read -r file; do
		case $file in
		*.c) want='// ' ;;
		*.h) want='/\* ' ;;
		*) want='# ' ;;
		esac
		head -n 2 "$file" | grep -q "^${want}SPDX-License-Identifier: GPL-2.0-only OR MIT" ||
			echo "$file: the first line must hold SPDX-License-Identifier: GPL-2.0-only OR MIT"
	done
}

# One noun per file: what is longer than this has two.
check_length() {
	local file

	files '*.[ch]' '*.sh' '*.awk' '*.mk' Makefile | while IFS= read -r file; do
		awk -v file="$file" '
			/^[a-zA-Z_].*\)$/ { name = $0 }
			/^{$/ { start = NR }
			/^}$/ && start {
				if (NR - start > 100)
					print file ":" start ": " NR - start " lines in " name
				start = 0
			}
			END { if (NR > 600) print file ": " NR " lines; split it at 600" }' "$file"
	done
}

# A guard named after the file, around all of it.
check_guards() {
	local file name

	files '*.h' | while IFS= read -r file; do
		name=$(basename "$file" .h | tr 'a-z-' 'A-Z_')
		case $file in *_trace.h) continue ;; esac	# included more than once
		awk -v file="$file" -v name="$name" '
			/^#/ && !guard { guard = $2; if ($1 != "#ifndef") guard = "?" ; next }
			/^#/ && !define { define = $2; if ($1 != "#define") define = "?" }
			END {
				if (guard != define || index(guard, name "_H") == 0)
					print file ": wants the guard #ifndef ..." name "_H, #define ..." name "_H"
			}' "$file"
	done
}

# Words that promise work instead of doing it.
check_words() {
	files ':!lint/*' ':!LICENSE*' ':!*.png' |
		xargs grep -nwE 'TODO|FIXME|XXX|HACK|stub|stubbed|not implemented|placeholder|for now'
	return 0
}

# Folders of somebody's machine.
check_paths() {
	files ':!lint/*' ':!*.png' | xargs grep -nE '/(work|home/[a-z]+|root)/'
	return 0
}

check_whitespace() {
	local file

	git diff --check "$(git hash-object -t tree /dev/null)" -- ':!LICENSES' ||
		return 0
	files ':!LICENSES' ':!*.png' | while IFS= read -r file; do
		[ -z "$(tail -c 1 "$file")" ] || echo "$file: no newline at the end"
	done
}

# From a comment that says 'sorted' to the next empty line.
check_sorted() {
	local file

	files Makefile '*.mk' '*Kbuild' box/setup 'box/*.config' | while IFS= read -r file; do
		awk -v file="$file" '
			/^#.*[Ss]orted/ { on = 1; last = ""; next }
			/^[ \t]*$/ { on = 0 }
			on {
				sub(/^.*[:+]?= */, "")
				n = split($0, word, " ")
				for (i = 1; i <= n; i++) {
					if (word[i] == "\\")
						continue
					if (word[i] < last)
						print file ":" NR ": " word[i] " belongs before " last
					last = word[i]
				}
			}' "$file"
	done
	[ ! -f driver/Kbuild ] || grep -q '^#.*[Ss]orted' driver/Kbuild ||
		echo "driver/Kbuild: the list of objects has no comment 'Sorted.'"
}

# `area: do this`, short enough for one line of a log.
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
