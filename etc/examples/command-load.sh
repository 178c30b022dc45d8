#!/bin/sh
# A command for `command --commands DIR`: how busy this machine is. Standard output is what the peer gets, each line on
# standard error is a line in the log. There are no arguments and nothing to read. REMOTE_USER is the user.
read -r one five fifteen rest < /proc/loadavg
echo "${REMOTE_USER:-somebody}: $one $five $fifteen"
