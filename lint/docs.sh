# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Checks that documents and tree agree: names in documents exist, and the tables of doc/design.md
# are complete.

documents() { files README.md CONTRIBUTING.md 'doc/*.md'; }

# code_spans: print "FILE:LINE<tab>TEXT" for each `TEXT` of the documents.
code_spans() {
	documents | awk_files '
		function begin() { }
		function end() { }
		function line(rest) {
			rest = $0
			while (match(rest, /`[^`]+`/)) {
				print file ":" FNR "\t" substr(rest, RSTART + 1, RLENGTH - 2)
				rest = substr(rest, RSTART + RLENGTH)
			}
		}'
}

# section HEADING FILE: the lines from a heading to the next one.
section() {
	awk -v heading="## $1" '/^## / { on = $0 == heading } on' "$2"
}

# Functions, as vi915_x(), that no source has any more.
check_doc_functions() {
	mkdir -p "$work"
	files '*.[ch]' | xargs cat | grep -oE '\bvi915_[a-z0-9_]+\(' | sort -u > "$work/functions"
	code_spans | grep -E $'\tvi915_[a-z0-9_]+\(\)$' | sort -u | while IFS=$'\t' read -r place name; do
		grep -qxF "${name%)}" "$work/functions" ||
			echo "$place: there is no function $name; name the one that does this now"
	done
}

# Files of ours, by their path or, for those of the driver, by their name.
check_doc_files() {
	local place name

	code_spans | while IFS=$'\t' read -r place name; do
		case $name in
		*[A-Z\<\$\ ]*) continue ;;
		vi915_x.[ch]) continue ;;
		vi915_*.c | vi915_*.h) name=driver/$name ;;
		driver/* | box/* | cli/* | tests/* | bench/* | lint/* | doc/* | debian/*) ;;
		*) continue ;;
		esac
		compgen -G "$name" > /dev/null ||
			echo "$place: there is no file $name; name the one that has this now"
	done
}

# Each file of the driver is in the table of nouns, and each noun of the table is a file.
check_doc_nouns() {
	mkdir -p "$work"
	awk '/^\| noun \|/ { on = 1; next } on && !/^\|/ { exit } on' doc/design.md |
		grep -oE '`[a-z_0-9.]+`' | tr -d '`' | sort -u > "$work/nouns"
	files 'driver/vi915_*.[ch]' | sed 's,^driver/vi915_,,' | awk '
		{ stem = $0; sub(/\.[ch]$/, "", stem); all[stem] = all[stem] $0 " " }
		END { for (stem in all) print (all[stem] ~ /\.c /) ? stem : stem ".h" }' |
		sort -u > "$work/files"
	comm -13 "$work/nouns" "$work/files" |
		sed 's/.*/doc\/design.md: the table of nouns lacks `&`; say there what it is/'
	comm -23 "$work/nouns" "$work/files" |
		sed 's/.*/doc\/design.md: the table of nouns has `&`, which is no file; remove it/'
}

# Each lock of the driver has its place in the order.
check_doc_locks() {
	local locks

	locks=$(section Locks doc/design.md | grep '^|')
	files 'driver/vi915_*.[ch]' | awk_files '
		function begin() { owner = "" }
		function end() { }
		function line(name) {
			if (match($0, /^struct vi915_[a-z0-9_]+ \{/))
				owner = substr($0, 8, RLENGTH - 9)
			if ($0 ~ /^}/)
				owner = ""
			if ($0 ~ /^static DEFINE_(MUTEX|SPINLOCK)\(/) {
				name = $0
				gsub(/^.*\(|\).*$/, "", name)
				print file ":" FNR "\t" name
			} else if (owner != "" && $0 ~ /^\t(spinlock_t|struct mutex) [a-z_]+;/) {
				name = $NF
				if ($0 ~ /\/\*/)
					name = $0 ~ /spinlock_t/ ? $2 : $3
				sub(/;.*/, "", name)
				print file ":" FNR "\t" owner "." name
			}
		}' | while IFS=$'\t' read -r place name; do
		grep -qF -e "\`$name\`" <<< "$locks" ||
			grep -F "\`${name%.*}." <<< "$locks" | grep -qF "\`.${name##*.}\`" ||
			echo "$place: doc/design.md has no place for $name in its table of locks"
	done
}
