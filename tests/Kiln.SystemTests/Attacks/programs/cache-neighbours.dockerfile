# Reaches from one cache into another, and into the builder's directory that holds them.
FROM base
RUN --mount=type=cache,id=../../../outside,target=/one --mount=type=cache,id=/two/../../..,target=/two \
    cat /one/file /two/file /one/../outside/file 2>/dev/null; ls /one /two; cat /one/../../planted /two/../../../planted 2>/dev/null; echo attack over
