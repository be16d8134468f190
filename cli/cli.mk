# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# build/vi915 and build/box/init; included by the Makefile.

# The guest's half of box/ and files that both halves share; the rest is the host's.
guest_src := $(sort $(wildcard box/guest_*.c) box/frame.c box/outputs.c)
# The command includes the driver's parser of descriptions.
cli_src := $(sort $(wildcard cli/*.c) \
	$(filter-out %/vi915_configfs.c,$(wildcard driver/vi915_config*.c)) \
	$(filter-out box/boot_% box/guest_% box/preload_%,$(wildcard box/*.c)))

guest_obj := $(guest_src:%.c=$(B)/guest/%.o)
cli_obj := $(cli_src:%.c=$(B)/command/%.o)

# Only these read pictures and devices.
demo_obj := $(filter $(addprefix $(B)/command/cli/,cmd_demo% cmd_graph% cmd_info% demo_% \
	description% devices% gpu_list% graph_% model% picture% png% report%),$(cli_obj))
$(demo_obj): cli_pkg := json-c libdrm libpng zlib
$(demo_obj): | $(drm_headers)

cli_flags = -I. $(if $(cli_pkg),$(DRM_CFLAGS) $(shell pkg-config --cflags $(cli_pkg)))
cli_libs = $(if $(demo_obj),$(shell pkg-config --libs json-c libdrm libpng zlib) -lm)

# One signature for all kinds of values, as the kernel has it for callbacks.
$(filter $(B)/command/driver/%,$(cli_obj)): cli_flags += -Icli -Wno-unused-parameter

$(cli_obj): $(B)/command/%.o: %.c Makefile cli/cli.mk
	$(call quiet,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(cli_flags) -MMD -MP -c -o $@ $<

$(B)/vi915: $(cli_obj)
	$(call quiet,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(cli_libs)

$(guest_obj) $(B)/guest/box/boot_init.o: $(B)/guest/%.o: %.c Makefile cli/cli.mk
	$(call quiet,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# It is static, since it runs before anything is mounted, and starts faster so.
$(B)/box/init: $(guest_obj)
	$(call quiet,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -static -o $@ $^

# The first process of a kernel that needs modules to mount the host's root; see box/build-stock.
$(B)/box/boot: $(B)/guest/box/boot_init.o
	$(call quiet,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -static -o $@ $^

# Preloaded into User-Mode Linux, to hand over its memory's file.
$(B)/box/memory.so: box/preload_memory.c Makefile cli/cli.mk
	$(call quiet,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -fPIC -shared -o $@ $<

-include $(B)/guest/box/boot_init.d $(guest_obj:.o=.d) $(cli_obj:.o=.d)
