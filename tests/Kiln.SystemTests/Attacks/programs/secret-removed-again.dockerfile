# Writes its secret into the layer and takes it out again in the same step, which is allowed.
FROM base
RUN --mount=type=secret,id=given cp /run/secrets/given /srv/login && rm /srv/login && echo attack over
