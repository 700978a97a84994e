# Leaves its secret in a name.
# expect: error KILN4020
FROM base
RUN --mount=type=secret,id=given,env=GIVEN touch "/srv/$GIVEN"; echo attack over
