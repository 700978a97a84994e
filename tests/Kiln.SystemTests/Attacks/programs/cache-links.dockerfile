# A cache that one step fills with links and the next is given.
FROM base
RUN --mount=type=cache,target=/cache rm -rf /cache/* && ln -s {{PLACE}}/outside /cache/out && ln -s /proc/1/root{{PLACE}} /cache/magic && ln -s / /cache/root && mkfifo /cache/fifo && touch /cache/.wh.x /cache/.wh..wh..opq
RUN --mount=type=cache,target=/cache --mount=type=tmpfs,target=/cache/out/inner --mount=type=tmpfs,target=/cache/magic/inner \
    cat /cache/out/file /cache/magic/outside/file 2>/dev/null; ls -la /cache/../.. > /dev/null; rm -rf /cache/*; echo attack over
