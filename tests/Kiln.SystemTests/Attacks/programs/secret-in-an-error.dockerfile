# Fails with its secret in its arguments and on its last line.
# expect: status 7
FROM base
RUN --mount=type=secret,id=given,env=GIVEN echo attack over; echo "cannot log in with $GIVEN" >&2; exit 7
