# Opens every descriptor of every process that /proc shows, and what lies beside it.
for fd in /proc/[0-9]*/fd/*; do
    case $(readlink "$fd") in pipe:*|socket:*|/dev/*) continue ;; esac
    timeout 5 cat "$fd" 2>/dev/null
    cat "$fd/../outside/file" 2>/dev/null
done
