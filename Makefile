# make          build/bin/doorward with its supervisor, and build/libexec/doorward/NAME
# make run      serves this repository's services/ on loopback, and says what to try
# make test     every test (root: also as an ordinary user)
# make new-handler NAME=greeter   a handler, its session and its service, to go on from
# make sessions plays the sessions of handlers
# make check    format, warnings, both builds, no line over 120 columns
# make bench    beside tcpserver, xinetd and others (Benchmarks/run)
# make install  follows PREFIX, DESTDIR and SYSCONFDIR (scripts/install)
#
# What is missing is installed from Debian's packages when this is root; otherwise the command that would is printed.

PREFIX     ?= /usr/local
DESTDIR    ?=
SYSCONFDIR ?=
SWIFT      ?= swift
HANDLERS   := $(notdir $(wildcard Sources/Handlers/*))
ORDINARY   := .build
EMBEDDED   := .build/handlers
# The handlers that the guide shows; they are not installed.
GUIDE      := $(notdir $(wildcard Tests/GuideTests/Listings/*))
# Linked statically, so that the machine needs no Swift. FoundationEssentials comes with ArgumentParser into doorward,
# the command line; the supervisor, which stays, has none of it. Nothing is loaded into them, so no name is exported.
RELEASE    := -c release --static-swift-stdlib --disable-local-rpath -Xlinker -s -Xlinker --no-export-dynamic \
    --scratch-path .build/release-build

# Every import is of a target that Package.swift names (MemberImportVisibility is on for all of them).
DECLARED   := --explicit-target-dependency-import-check error

.PHONY: all supervisor handlers guide new-handler sessions run test attacker test-user test-memory check format \
    bench install clean packages test-packages

all: supervisor handlers

# ---- what the build needs

packages:
	@scripts/need make pkg-config:pkg-config cc:gcc /usr/include/sys/capability.h:libcap-dev musl-gcc:musl-tools \
	    /usr/include/toml++/toml.h:libtomlplusplus-dev

test-packages: packages
	@scripts/need nc:netcat-openbsd curl:curl git:git rsync:rsync tcpserver:ucspi-tcp try-from:tcpd \
	    getpeername:tcputils micro-httpd:micro-httpd setpriv:util-linux prlimit:util-linux python3:python3 \
	    htpasswd:apache2-utils openssl:openssl tcpsvd:ipsvd inetd:openbsd-inetd socat:socat \
	    systemd-socket-activate:systemd stdbuf:coreutils readelf:binutils busybox:busybox \
	    /usr/sbin/gophernicus:gophernicus /usr/include/crypt.h:libcrypt-dev /usr/sbin/ip:iproute2 strace:strace \
	    haproxy:haproxy swaks:swaks smtp-source:postfix msmtp:msmtp /usr/sbin/rbldnsd:rbldnsd mandoc:mandoc

# ---- building

supervisor: packages
	@for name in doorward doorward-supervisor doorward-gate doorward-resolver doorward-log; do \
	    $(SWIFT) build $(RELEASE) --product $$name || exit 1; \
	    install -D -m 755 .build/release-build/release/$$name build/bin/$$name || exit 1; \
	done

# The handlers, each by its own name: Embedded Swift, static PIE on musl, from the sources that the tests compile too.
# One of them: make handlers HANDLERS=hello
define embedded
@for name in $(1); do \
    DOORWARD_HANDLERS=embedded $(SWIFT) build -c release --scratch-path $(EMBEDDED) --product $$name || exit 1; \
    install -D -m 755 $(EMBEDDED)/release/$$name $(2)/$$name || exit 1; \
done
endef

handlers: packages
	$(call embedded,$(HANDLERS),build/libexec/doorward)

guide: packages
	$(call embedded,$(GUIDE),build/guide)

new-handler:
	@scripts/new-handler "$$NAME"

# ---- trying

run: all
	@scripts/run-here

# ---- testing

# Everything as the user of this command; the handlers once more as they are released; then, for root, the tests that
# rights make a difference to once more as the user nobody.
test: all guide attacker test-packages
	$(SWIFT) build --build-tests $(DECLARED)
	DOORWARD_BUILD="$(CURDIR)/build" DOORWARD_LIBEXEC="$(CURDIR)/build/libexec/doorward" \
	    scripts/tell-failures $(SWIFT) test --skip-build
	DOORWARD_HANDLERS_DIR="$(CURDIR)/build/libexec/doorward:$(CURDIR)/build/guide" \
	    scripts/tell-failures $(SWIFT) test --skip-build --filter HandlerTests
	@if [ "$$(id -u)" = 0 ]; then $(MAKE) --no-print-directory test-user; fi

# The sessions in Tests/HandlerTests/Golden whose files begin with NAME, or all; without building the supervisor.
sessions:
	@DOORWARD_HANDLERS=sessions DOORWARD_SESSIONS="$(NAME)" $(SWIFT) test --scratch-path .build/sessions \
	    --filter TranscriptTests

test-user:
	@scripts/tell-failures scripts/test-as nobody

# The tests of the rooms that handle memory themselves, with AddressSanitizer. (It needs system calls that a restricted
# handler does not have, so that one test is left out.)
MEMORY = Text Tables LinuxSystem EventLog Sandbox Spawner Messages Gate Resolver Control Supervisor HandlerKit SMTP \
    Maildir Passwords

test-memory: packages test-packages
	$(SWIFT) build --build-tests --sanitize address --scratch-path .build/memory
	ASAN_OPTIONS=detect_leaks=0 scripts/tell-failures $(SWIFT) test --skip-build --sanitize address \
	    --scratch-path .build/memory $(patsubst %,--filter '^%Tests\.',$(MEMORY)) --skip SelfRestrictionTests/allowed

# What the sandbox is tested with: a handler that tries to get out (Tests/Attacker), a gate and a resolver that do
# (Tests/GateAttacker), and a user of the machine (Tests/LocalUser). What counts the allocations of a gate
# (Tests/Allocations). Gate and resolver are the released ones, but linked so that something can be loaded into them.
STRICT_C := -std=c17 -Wall -Wextra -Werror

attacker: packages
	@mkdir -p build/test
	musl-gcc $(STRICT_C) -Os -static -o build/test/attacker Tests/Attacker/*.c
	musl-gcc $(STRICT_C) -Os -static -o build/test/user Tests/LocalUser/*.c \
	    $(addprefix Tests/Attacker/,processes.c report.c runner.c)
	cc $(STRICT_C) -O2 -fPIC -shared -o build/test/allocations.so Tests/Allocations/count.c
	cc $(STRICT_C) -O2 -fPIC -shared -o build/test/gate-attacker.so Tests/GateAttacker/*.c \
	    $(filter-out Tests/Attacker/attacker.c,$(wildcard Tests/Attacker/*.c))
	cc $(STRICT_C) -O2 -o build/test/preloaded Tests/Preloaded/preloaded.c
	cc $(STRICT_C) -O2 -pthread -o build/test/load Tests/Load/load.c
	for name in doorward-gate doorward-resolver doorward-log; do \
	    DOORWARD_CHILDREN=preloaded $(SWIFT) build $(RELEASE) --product $$name || exit 1; \
	    install -m 755 .build/release-build/release/$$name build/test/$$name-preloaded || exit 1; \
	done

check: all attacker
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift
	@for script in scripts/* .ci/run; do sh -n $$script || exit 1; done
	@scripts/long-lines
	@scripts/long-titles
	$(SWIFT) build --build-tests $(DECLARED)

format:
	$(SWIFT) format --in-place --recursive Sources Tests Package.swift

bench: all
	Benchmarks/run
	Benchmarks/throughput
	Benchmarks/startup
	Benchmarks/flood
	Benchmarks/blocklist

# ---- installing

# Builds first; but for root by sudo, which may have no Swift in PATH: then what `make` has built is installed.
install: $(if $(and $(SUDO_USER),$(wildcard build/bin/doorward)),,all)
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" SYSCONFDIR="$(SYSCONFDIR)" scripts/install $(HANDLERS)

clean:
	rm -rf build .build
