#!/bin/sh
# Asks its peer for a name and greets it. Standard input and output are the connection, each line on standard error
# is a line in the log.
printf '%s, %s. Your name? ' "${GREETING:-Hello}" "${REMOTE_ADDR:-whoever you are}"
read -r name || exit 111
printf 'Good day, %s.\n' "$name"
