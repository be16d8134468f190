# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Count the results of one test program: TAP or KTAP, nested to any depth.
#
# Input: the output of the program. Variable `status`: its exit status, or a word that says how
# it ended. Output: a line `PASSED FAILED SKIPPED`, then each failure with the diagnostics above
# it, and each skip with its reason.
#
# A result that closes nested results (a KUnit suite, a subtest) is their sum and is not counted
# again.

function fail(text) {
	failed++
	say(notes "    " text)
	notes = ""
}

# The first failures are the most useful; the program's output has them all.
function say(text) {
	if (++said <= 12)
		report = report text "\n"
}

# The results below depth d are complete: check their number against the plan. KUnit's rows of a
# table have no plan; the sum after them says that all were run.
function close_below(d,   e) {
	for (e in count) {
		if (e + 0 <= d)
			continue
		if (!(e in plan) && e + 0 == 0)
			fail("no plan for " count[e] " results; did the program end early?")
		else if (e in plan && plan[e] != count[e])
			fail("planned " plan[e] " results, printed " count[e])
		delete count[e]
		delete plan[e]
		delete broken[e]
	}
}

function inner(d, what,   e) {
	for (e in what)
		if (e + 0 > d && what[e])
			return 1
	return 0
}

function result(d, line,   bad, name, nested) {
	bad = line ~ /^not ok/
	name = line
	sub(/^(not )?ok *[0-9]* *(- )?/, "", name)
	nested = inner(d, count)
	if (nested) {
		# A sum counts as a failure only if no nested result explains
		# it.
		if (bad && !inner(d, broken))
			fail(line)
		bad = bad || inner(d, broken)
		close_below(d)
	} else if (toupper(line) ~ /# *SKIP/) {
		skipped++
		sub(/# *[Ss][Kk][Ii][Pp] */, "- ", name)
		say("    skipped: " name)
		bad = 0
	} else if (bad) {
		fail(line)
	} else {
		passed++
	}
	count[d]++
	if (bad)
		broken[d] = 1
	notes = ""
	note_lines = 0
}

{
	sub(/\r$/, "")
	match($0, /^ */)
	depth = RLENGTH
	line = substr($0, depth + 1)
}

line ~ /^K?TAP version/ {
	# A second document in one stream, as KUnit's suites print.
	if (depth == 0 && (0 in count))
		close_below(-1)
	next
}

line ~ /^1\.\.[0-9]+/ {
	plan[depth] = substr(line, 4) + 0
	planned = 1
	if (plan[depth] == 0 && toupper(line) ~ /# *SKIP/) {
		skipped++
		sub(/^1\.\.0 *# *[A-Za-z]* */, "", line)
		say("    skipped: all, " line)
	}
	count[depth] += 0
	next
}

line ~ /^(not )?ok( |$)/ {
	result(depth, line)
	next
}

line ~ /^Bail out!/ {
	fail(line)
	planned = 1
	next
}

# Output of the program around a case: shown if the case fails, without what the harness prints
# for every case.
line != "" && line !~ /^# *(RUN|OK|FAIL|Starting)( |$)|: Test failed$/ && note_lines++ < 40 {
	notes = notes "    " $0 "\n"
}

END {
	close_below(-1)
	if (status == "124")
		fail("stopped at its time limit")
	else if (status ~ /[^0-9]/)
		fail(status)
	else if (status > 0 && !failed && !skipped)
		fail("exit status " status ", but no case failed")
	else if (!planned && !failed)
		fail("the program printed no results")
	printf "%d %d %d\n%s", passed, failed, skipped, report
	if (said > 12)
		printf "    ... and %d more\n", said - 12
}
