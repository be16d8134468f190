# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Everything is built into build/, except the kernels: box/build-kernel keeps
# them in a cache outside of the checkout. `make help` lists the targets.

MAKEFLAGS += --no-builtin-rules --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
.DEFAULT_GOAL := all

B := build
JOBS ?= $(shell nproc)

CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wmissing-prototypes -Werror
ALL_CFLAGS = -std=gnu11 -D_GNU_SOURCE $(WARNINGS) $(CFLAGS)
DRM_CFLAGS := -I$(B)/include $(shell pkg-config --cflags libdrm 2>/dev/null)

# `make V=1` shows the commands.
ifeq ($(V),1)
Q :=
quiet = @:
else
Q := @
quiet = @printf '  %-7s %s\n' $(1) $(2)
endif

# One line per step, with the time since the first one.
export VI915_START ?= $(shell date +%s)
step = @s=$$(($$(date +%s) - VI915_START)); \
	printf '[%d:%02d] %s\n' $$((s / 60)) $$((s % 60)) $(1)
submake = +@$(MAKE) -j$(JOBS)

# -- what people type ---------------------------------------------------------

.PHONY: all run test test-stock lint bench clean clean-cache help

all: ## build the fast kernel, the module, the command, tests and benches
	@box/setup --check
	$(call step,'build')
	$(submake) fast command programs

run: ## install what is missing, build, boot the box and run the demo
	$(call step,'look for packages')
	@box/setup
	$(call step,'build kernel$(comma) module and command')
	$(submake) fast command
	$(call step,'boot the box and run the demo')
	@$(B)/vi915 demo --out $(B)/demo

test: ## the same set-up, then every test in the debug box
	$(call step,'look for packages')
	@box/setup test
	$(call step,'build kernels$(comma) modules$(comma) command and tests')
	$(submake) fast debug command programs
	$(call step,'run the tests')
	@tests/run

test-stock: ## the tests of the uAPI on Debian's kernel, with two CPUs, in QEMU
	$(call step,'look for packages')
	@box/setup stock
	$(call step,'build module$(comma) command and tests')
	$(submake) stock command programs
	$(call step,'run the tests')
	@VI915_RACE_SECONDS=$${VI915_RACE_SECONDS:-4} FUZZ_SECONDS=$${FUZZ_SECONDS:-30} \
		VI915_STRESS_SECONDS=$${VI915_STRESS_SECONDS:-15} tests/run --stock

lint: ## what a machine can check: style, sparse, cppcheck, kernel-doc
	$(call step,'look for packages')
	@box/setup lint
	$(call step,'build what the checks read')
	$(submake) $(drm_headers)
	@lint/run

bench: ## our calls beside the peers', in one run in one box
	@box/setup --check
	$(submake) fast command programs
	@bench/run

clean: ## remove build/ (the cached kernels stay)
	rm -rf $(B)

clean-cache: ## remove the cached kernel source and builds
	rm -rf "$${XDG_CACHE_HOME:-$$HOME/.cache}/vi915"

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(filter %.mk Makefile,$(MAKEFILE_LIST)) | \
		expand -t 20
	@echo 'Variables: V=1 shows commands, JOBS=N, CC, CFLAGS; the kernels'
	@echo 'are cached in $${XDG_CACHE_HOME:-~/.cache}/vi915.'

comma := ,

# -- kernels and modules ------------------------------------------------------

.PHONY: fast debug stock FORCE
fast: $(B)/box/fast/vi915.ko
debug: $(B)/box/debug/vi915.ko
stock: $(B)/box/stock/vi915.ko $(B)/box/stock/initrd
fast debug stock:
	@:

# The key changes when another kernel is linked into build/. One at a time:
# each build uses every CPU.
$(B)/box/%/key: FORCE
	@box/build-kernel $*
$(B)/box/debug/key: | $(B)/box/fast/key

# kbuild writes beside the source, and both flavours build from one driver/, so each gets a folder
# of links to it. The KUnit module is built too where the kernel has KUnit.
driver_src := $(shell find driver -name '*.[ch]' -o -name Kbuild)
$(B)/box/%/vi915.ko: $(driver_src) $(B)/box/%/key
	$(call quiet,MODULE,$@)
	$(Q)mkdir -p $(B)/driver-$*
	$(Q)find $(B)/driver-$* -type l -delete
	$(Q)cp -as $(CURDIR)/driver/. $(B)/driver-$*/
	$(Q)$(MAKE) -s -C $(B)/box/$*/kbuild M=$(CURDIR)/$(B)/driver-$* ARCH=um modules
	$(Q)cp $(B)/driver-$*/*.ko $(B)/box/$*/

# For Debian's kernel, which runs in QEMU, the module is built against its headers and stripped, as
# DKMS does.
$(B)/box/stock/key: FORCE
	@box/build-stock
$(B)/box/stock/key: | $(B)/box/fast/key

$(B)/box/stock/vi915.ko: $(driver_src) $(B)/box/stock/key
	$(call quiet,MODULE,$@)
	$(Q)mkdir -p $(B)/driver-stock
	$(Q)find $(B)/driver-stock -type l -delete
	$(Q)cp -as $(CURDIR)/driver/. $(B)/driver-stock/
	$(Q)$(MAKE) -s -C $(B)/box/stock/headers M=$(CURDIR)/$(B)/driver-stock modules
	$(Q)strip -g -o $@ $(B)/driver-stock/vi915.ko

$(B)/gen_init_cpio: $(B)/box/fast/key
	$(call quiet,CC,$@)
	$(Q)$(CC) -O2 -o $@ $(B)/ksrc/usr/gen_init_cpio.c

$(B)/box/stock/initrd: $(B)/gen_init_cpio $(B)/box/boot $(B)/box/stock/key
	$(call quiet,CPIO,$@)
	$(Q){ echo 'dir /dev 755 0 0'; echo 'nod /dev/console 600 0 0 c 5 1'; \
		echo 'dir /modules 755 0 0'; echo 'file /init $(B)/box/boot 755 0 0'; \
		for m in $(B)/box/stock/early/*; do \
			echo "file /modules/$${m##*/} $$m 644 0 0"; \
		done; } > $@.list
	$(Q)$< $@.list > $@

# -- what our C includes ------------------------------------------------------

# The <drm/...> headers of the box's kernel; Debian 12 has older ones, in another folder. The recipe
# does the same as headers_install, which needs rsync. Unchanged headers keep their time, so that
# nothing is rebuilt.
drm_headers := $(B)/include/drm/i915_drm.h
$(drm_headers): $(B)/box/fast/key
	$(call quiet,HEADERS,$(@D))
	$(Q)mkdir -p $(@D)
	$(Q)for h in $(B)/ksrc/include/uapi/drm/*.h; do \
		sed -E -e 's/([[:space:](])__user[[:space:]]/\1/g' \
			-e 's/\b__packed\b/__attribute__((packed))/' \
			-e 's@^#include <linux/compiler.*@@' \
			$$h > $(@D)/new || exit 1; \
		cmp -s $(@D)/new $(@D)/$${h##*/} || mv $(@D)/new $(@D)/$${h##*/} || exit 1; \
	done
	$(Q)rm -f $(@D)/new

# -- the command --------------------------------------------------------------

# Rules for build/vi915 and build/box/init.
-include cli/cli.mk

.PHONY: command
command: $(if $(wildcard cli/cli.mk),$(B)/vi915 $(B)/box/init $(B)/box/memory.so)
	@:

# -- tests and benches: each .c is a program ----------------------------------

test_src := $(filter-out tests/lib/%,$(wildcard tests/*/*.c))
box_test_src := $(wildcard tests/box/*.c)
bench_src := $(wildcard bench/*.c)
lib_src := $(wildcard tests/lib/*.c)
programs := $(patsubst %.c,$(B)/%,$(test_src) $(bench_src))
objects := $(patsubst %.c,$(B)/%.o,$(test_src) $(bench_src) $(lib_src))

.PHONY: programs
programs: $(programs)
	@:

# kselftest_harness.h comes from the kernel source. It is a system header here, since its macros do
# not pass our warnings, and it lacks a definition of __packed.
$(objects): $(B)/%.o: %.c Makefile | $(drm_headers)
	$(call quiet,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -I. -Itests/lib $(DRM_CFLAGS) \
		-isystem $(B)/ksrc/tools/testing/selftests \
		'-D__packed=__attribute__((packed))' \
		$(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/tests/lib.a: $(patsubst %.c,$(B)/%.o,$(lib_src))
	$(call quiet,AR,$@)
	$(Q)rm -f $@
	$(Q)ar rcs $@ $^

$(filter-out $(B)/tests/box/%,$(programs)): $(B)/%: $(B)/%.o $(B)/tests/lib.a
	$(call quiet,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -ldrm -lpthread -lm

# The programs of tests/box/ link the command's own source, built with sanitizers, to find mistakes
# that a hostile guest could use. One of them includes box/box.c.
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -O1
hostile_obj := $(patsubst %.c,$(B)/hostile/%.o,cli/model.c cli/outfile.c cli/picture.c \
	cli/pngfile.c \
	$(filter-out box/box.c box/boot_% box/guest_% box/preload_%,$(wildcard box/*.c)))
$(hostile_obj): $(B)/hostile/%.o: %.c Makefile
	$(call quiet,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -I. $(ALL_CFLAGS) $(SANITIZE) -MMD -MP -c -o $@ $<
$(box_test_src:%.c=$(B)/%.o): ALL_CFLAGS += $(SANITIZE)
$(box_test_src:%.c=$(B)/%): %: %.o $(hostile_obj) $(B)/tests/lib.a
	$(call quiet,LD,$@)
	$(Q)$(CC) $(LDFLAGS) $(SANITIZE) -o $@ $^ -ljson-c -lpng -lz -lm

-include $(hostile_obj:.o=.d)

-include $(objects:.o=.d)

# -- packages -----------------------------------------------------------------

include debian/deb.mk
