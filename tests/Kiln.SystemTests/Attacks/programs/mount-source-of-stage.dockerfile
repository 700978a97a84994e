# A mount of a stage whose source is a link out of it.
# expect: any
FROM base AS other
RUN ln -s {{PLACE}} /up
FROM base
RUN --mount=from=other,source=/up/outside,target=/b cat /b/file; echo attack over
