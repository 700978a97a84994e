# Mounts of the step's own over the places that the builder relies on.
FROM base
RUN --mount=type=tmpfs,target=/proc --mount=type=tmpfs,target=/sys --mount=type=tmpfs,target=/dev --mount=type=tmpfs,target=/etc \
    cat {{PLACE}}/outside/file 2>/dev/null; echo attack over
RUN --mount=type=bind,target=/proc/sys,rw (echo x > /proc/sys/kernel/core_pattern) 2>/dev/null; echo attack over
