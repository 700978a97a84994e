# A mount of the context whose source climbs out of it by dots.
# expect: any
FROM base
RUN --mount=source=../outside,target=/a cat /a/file; echo attack over
