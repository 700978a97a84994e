# Gives files names that a careless list would take apart.
mkdir -p /srv/names
cd /srv/names || exit 1
touch "$(printf 'new\nline')" "$(printf 'tab\tbed')" -- '-rf' ' ' '*' '\' "'" '"' '$(reboot)' "$(printf '\377\376')" "$(printf 'a\033[31mred')" '0' '.hidden' '..x' '%s%n'
mkdir "$(printf 'dir\n../../outside')" && touch "$(printf 'dir\n../../outside')/file"
ln -s "$(printf 'target\nwith line')" "$(printf 'link\n')x"
