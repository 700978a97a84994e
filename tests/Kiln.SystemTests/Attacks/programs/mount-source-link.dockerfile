# A mount of the context whose source is a link out of it.
# expect: any
FROM base
RUN --mount=source=escape,target=/c cat /c/file; echo attack over
