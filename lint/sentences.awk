# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Sentences in comments and documents that begin with one of these words. They name what they
# are about only at their end, so readers begin twice. Questions may begin with them. awk_files
# in lint/text.sh runs this.

function begin() {
	kind = file ~ /\.[ch]$/ ? "C" : file ~ /\.md$/ ? "Markdown" : "#"
	comment = fence = 0
	row = until = ""
}

function end() {
	table(0)
	flush()
}

function line() {
	if (kind == "C")
		c_line($0)
	else if (kind == "Markdown")
		markdown_line($0)
	else
		script_line($0)
}

# Text between << WORD and WORD is no comment of the script's.
function script_line(s) {
	if (until != "") {
		sub(/^\t*/, "", s)
		if (s == until)
			until = ""
	} else if (s ~ /^[ \t]*#([ \t]|$)/) {
		add(FNR, s)
	} else {
		flush()
		if (match(s, /[^<]<<-? ?['"\\]?[A-Z_]+/)) {
			until = substr(s, RSTART, RLENGTH)
			sub(/^.*[^A-Z_]/, "", until)
		}
	}
}

# Strings are emptied first, since they may hold what looks like a comment.
function c_line(s, at, last) {
	if (!comment && s !~ /\/[*\/]/) {
		flush()
		return
	}
	while (1) {
		if (comment) {
			last = index(s, "*/")
			add(FNR, last ? substr(s, 1, last - 1) : s)
			if (!last)
				return
			flush()
			comment = 0
			s = substr(s, last + 2)
		}
		gsub(/\\./, "", s)
		gsub(/'"'/, "", s)
		gsub(/"[^"]*"/, "", s)
		at = match(s, /\/[*\/]/)
		if (!at)
			return
		if (s !~ /^[ \t]*\/\//)
			flush()
		comment = substr(s, at, 2) == "/*"
		s = substr(s, at + 2)
		if (!comment) {
			add(FNR, s)
			return
		}
	}
}

function markdown_line(s) {
	if (s ~ /^[ \t]*```/) {
		table(0)
		flush()
		fence = !fence
	} else if (!fence) {
		table(s ~ /^[ \t]*\|[-| :]+$/)
		if (s ~ /^[ \t]*\|/) {
			flush()
			row = s
			row_line = FNR
		} else if (s ~ /^(#|[ \t]*$)/) {
			flush()
		} else if (num || s !~ /^(    |\t)/) {
			add(FNR, s)
		}
	}
}

# A row is looked at when the next line is known: that tells whether it is a header.
function table(header, cell, n, i) {
	n = header ? 0 : split(row, cell, "|")
	for (i = 1; i <= n; i++) {
		add(row_line, cell[i])
		flush()
	}
	row = ""
}

# Adds a line to the paragraph; an empty line, an item of a list and a name end the one before.
function add(number, s) {
	sub(/^[ \t]*[*#]*[ \t]*/, "", s)
	if (s ~ /^([-*:]|[0-9]+\.) / || s ~ /^@[^ ]+:/ || s ~ /^[ \t]*$/)
		flush()
	sub(/^([-*:]|[0-9]+\.|@[^ ]+:)[ \t]+/, "", s)
	if (s ~ /^[ \t]*$/)
		return
	start[++num] = length(text) + 1
	number_of[num] = number
	text = text s " "
}

# Looks at each sentence of the paragraph, and behind each colon in it.
function flush(rest, at, len, colon) {
	at = 1
	for (rest = text; rest != ""; rest = substr(rest, len + 1)) {
		len = match(rest, /[.?!][])"'*_`]* /) ? RSTART + RLENGTH - 1 : length(rest)
		if (RSTART == 0 || substr(rest, RSTART, 1) != "?") {
			check(at, substr(rest, 1, len))
			colon = match(substr(rest, 1, len), /: /)
			if (colon)
				check(at + colon + 1, substr(rest, colon + 2, len - colon - 1))
		}
		at += len
	}
	text = ""
	num = 0
}

function check(at, s, i) {
	sub(/^[("'*_ \t]+/, "", s)
	if (s !~ /^(Of|Who|Whom|Whose|Whoever|What|Whatever)[ ,*_]/)
		return
	for (i = 1; i < num && start[i + 1] <= at; i++)
		;
	sub(/[ \t]+$/, "", s)
	print file ":" number_of[i] ": \"" (length(s) > 50 ? substr(s, 1, 47) "..." : s) \
		"\": begin with the subject"
}
