#!/bin/sh
# A check: lets a client in whose address is a line of its own in a file. In a service file:
#
#   checks = [["/usr/local/bin/may-enter.sh", "/etc/doorward/members/list"]]
#   check_cache = "10s"                        # how long a change of the file may take
#   [files]
#   read = ["/etc/doorward/members"]           # the directory, so that a file that is replaced is read too
#
# Exit status 0 lets in, any other refuses. A line on standard error is a line in the log.
if [ ! -r "$1" ]; then
    echo "may-enter: $1 cannot be read" >&2
    exit 2
fi
exec grep -Fqx -e "${TCPREMOTEIP:?}" "$1"
