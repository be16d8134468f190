# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
#
# Completion for bash: passes the words to `vi915 complete`, which prints the possible completions.

_vi915() {
	# Readline also splits words at '=' and ':', which our words contain.
	local line=${COMP_LINE:0:COMP_POINT} current=${COMP_WORDS[COMP_CWORD]} words word cut offer
	local IFS=$' \t\n'

	read -ra words <<< "$line"
	case $line in
	*[[:space:]]) words+=('') ;;
	esac
	word=${words[${#words[@]} - 1]}
	case $current in
	= | :) current='' ;;
	esac
	cut=${word%"$current"}

	COMPREPLY=()
	while IFS= read -r offer; do
		case $offer in
		':command '*)
			# From bash-completion; without it, complete file names.
			if declare -F _command_offset > /dev/null; then
				_command_offset $((${offer#* } + 1))
			else
				compopt -o filenames
				mapfile -t COMPREPLY < <(compgen -c -- "$current"; compgen -f -- "$current")
			fi
			;;
		':files '*)
			compopt -o filenames
			mapfile -t COMPREPLY < <(compgen -f -- "$current")
			;;
		':folders '*)
			compopt -o filenames
			mapfile -t COMPREPLY < <(compgen -d -- "$current")
			;;
		*)
			offer=${offer%%$'\t'*}
			# More text follows these, so add no blank.
			case $offer in
			*[=,]) compopt -o nospace ;;
			esac
			COMPREPLY+=("${offer#"$cut"}")
			;;
		esac
	done < <("${words[0]}" complete "${words[@]:1}" 2> /dev/null)
}

complete -F _vi915 vi915
