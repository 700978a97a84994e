# Links where the builder makes places to mount on: it must make them inside.
FROM base
RUN rm -rf /etc/resolv.conf; ln -s {{PLACE}}/outside/made-by-resolver /etc/resolv.conf; rm -f /etc/hosts; ln -s ../../../../..{{PLACE}}/outside/made-by-hosts /etc/hosts 2>/dev/null; ln -s {{PLACE}}/outside /m; true
RUN --mount=type=tmpfs,target=/m/tmpfs --mount=type=cache,target=/m/cache --mount=type=secret,id=given,target=/m/secret --mount=target=/m/context \
    ls /m > /dev/null; cat /m/file 2>/dev/null; echo attack over
