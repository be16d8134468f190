# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Completion for fish: passes the words to `vi915 complete`, which prints the possible completions.

function __vi915_complete
    set -l words (commandline -opc) (commandline -ct)
    for offer in ($words[1] complete $words[2..] 2>/dev/null)
        switch $offer
            case ':command *'
                set -l from (math (string replace ':command ' '' -- $offer) + 2)
                complete -C (string join ' ' -- $words[$from..])
            case ':files *' ':folders *'
                set -l prefix (string replace -r '^\S+ ' '' -- $offer)
                set -l path (string replace -- "$prefix" '' $words[-1])
                for found in (__fish_complete_path "$path")
                    echo -- $prefix$found
                end
            case '*'
                echo -- $offer
        end
    end
end

complete -c vi915 -f -a '(__vi915_complete)'
