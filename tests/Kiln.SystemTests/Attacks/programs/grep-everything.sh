# Searches every file there is for what was planted; the word is put together, or the search would find itself.
word=can; word=${word}ary-
find / -path /proc -prune -o -path /sys -prune -o -path /attack -prune -o -type f -print 2>/dev/null | while read -r file; do
    grep -h "$word" "$file" 2>/dev/null
done
env | grep -v ATTACK_ | grep "$word"
