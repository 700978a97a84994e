# Digs deeper than any path can say.
# expect: error KILN
cd /srv || exit 1
name=$(printf '%0200d' 0)
for i in $(seq 1 60); do mkdir "$name" && cd "$name" || exit 1; done
echo deep > file
