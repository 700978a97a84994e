# A process stays behind with a cache as its working directory and a file of it open, and goes on writing where the next step must not see it.
FROM base
RUN --mount=type=cache,id=written,target=/cache rm -rf /cache/*; cd /cache && (exec 7>>/cache/open; setsid sh -c 'while :; do echo more >&7; echo more >> ./late; ln -sfn {{PLACE}}/outside ./out; done' > /dev/null 2>&1 < /dev/null) & sleep 1; true
RUN --mount=type=cache,id=written,target=/cache wc -c < /cache/late > /srv/first; sleep 1; wc -c < /cache/late > /srv/second; cmp /srv/first /srv/second || echo REACHED: it writes on; cat /cache/out/file 2>/dev/null; rm -rf /cache/*; echo attack over
