#compdef vi915
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Completion for zsh: passes the words to `vi915 complete`, which prints the possible completions.

local -a offers texts helps open
local offer

offers=("${(@f)$($words[1] complete "${(@)words[2,CURRENT]}" 2> /dev/null)}")
for offer in $offers; do
	case $offer in
	':command '*)
		shift $((${offer#* } + 1)) words
		((CURRENT -= ${offer#* } + 1))
		_normal
		return
		;;
	':files '* | ':folders '*)
		compset -P "${(b)offer#* }"
		if [[ $offer == ':folders '* ]]; then _files -/; else _files; fi
		return
		;;
	*[=,]) open+=("$offer") ;;
	*)
		texts+=("${offer%%$'\t'*}")
		helps+=("${offer/$'\t'/  -- }")
		;;
	esac
done
# More text follows words that end in '=' or ',', so add no blank.
(($#open == 0)) || compadd -S '' -- $open
(($#texts == 0)) || compadd -l -d helps -- $texts
