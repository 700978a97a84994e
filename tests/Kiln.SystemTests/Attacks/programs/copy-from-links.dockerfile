# A stage whose files are links out, copied from by every way there is.
# expect: any
FROM base AS other
RUN ln -s {{PLACE}}/outside /srv/directory && ln -s {{PLACE}}/outside/file /srv/link && ln -s /proc/1/root{{PLACE}}/outside/file /srv/magic && ln -s ../../../../../..{{PLACE}}/outside /srv/dots
FROM base
COPY --from=other /srv/ /copied/
RUN --mount=from=other,source=/srv,target=/bound cat /bound/link /bound/magic /bound/directory/file /bound/dots/file 2>/dev/null; \
    cat /copied/link /copied/magic /copied/directory/file /copied/dots/file 2>/dev/null; echo attack over
COPY --from=other /srv/link /srv/directory/file /srv/magic /srv/dots/file /stolen/
RUN cat /stolen/*
