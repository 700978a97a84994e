# Leaves its secret in the target of a link.
# expect: error KILN4020
FROM base
RUN --mount=type=secret,id=given,env=GIVEN ln -s "$GIVEN" /srv/link; echo attack over
