// A gate or resolver that is taken over: the attempts that only its descriptors make possible. Those of a handler
// (Tests/Attacker) are made here too.
#pragma once

#include "../Attacker/attacker.h"

extern const struct attacker_attempt inside_channels[];
extern const struct attacker_attempt inside_listeners[];
extern const struct attacker_attempt inside_memory[];
extern const struct attacker_attempt inside_others[];

// ---- what the process has (inside.c)

enum { inside_most_descriptors = 1024 };

// The next descriptor from `fd` on for which a function says yes; -1: there is none.
int inside_next(int fd, bool (*is)(int fd));

bool inside_is_listener(int fd);
bool inside_is_unix_socket(int fd);
bool inside_is_written_pipe(int fd);
bool inside_is_memory(int fd);

// Bytes that the test wants to have sent, and their number.
extern const unsigned char *inside_bytes;
extern size_t inside_byte_count;
