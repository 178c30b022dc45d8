// libcap (Debian: libcap-dev): capability sets and their text form. Source: cap_get_proc(3), cap_iab(3).
#include <sys/capability.h>
