# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# `make install` and `make deb`; included by the Makefile.

PREFIX ?= /usr/local
vi915_version := $(shell sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog)
# The result depends on the commit, not on the time of the build.
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || \
	date -d "$$(sed -n '0,/^ -- /s/^ -- .*>  //p' debian/changelog)" +%s)

man_date = $(shell date -u -d @$(SOURCE_DATE_EPOCH) +%F)
$(B)/vi915.1: doc/vi915.1.md debian/changelog
	$(call quiet,MAN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)go-md2man -in $< | \
		sed 's/^\.TH VI915(1)$$/.TH VI915 1 "$(man_date)" "vi915 $(vi915_version)" "User Commands"/' > $@

# -- install ------------------------------------------------------------------

# build/box/ has links into the cache; the files themselves are installed.
install_lib = $(DESTDIR)$(PREFIX)/lib/vi915/box
install_share = $(DESTDIR)$(PREFIX)/share

.PHONY: install install-source
install: fast debug command $(B)/vi915.1
	install -D -m 755 $(B)/vi915 $(DESTDIR)$(PREFIX)/bin/vi915
	install -D -m 755 $(B)/box/init $(install_lib)/init
	install -D -m 644 $(B)/box/memory.so $(install_lib)/memory.so
	set -e; for flavour in fast debug; do \
		install -D -m 755 $(B)/box/$$flavour/linux $(install_lib)/$$flavour/linux; \
		install -D -m 644 $(B)/box/$$flavour/vi915.ko $(install_lib)/$$flavour/vi915.ko; \
		(cd $(B)/box/$$flavour/modules/ && find . -type f) | while read -r file; do \
			install -D -m 644 $(B)/box/$$flavour/modules/$$file \
				$(install_lib)/$$flavour/modules/$$file; \
		done; \
	done
	install -D -m 644 $(B)/vi915.1 $(install_share)/man/man1/vi915.1
	install -D -m 644 cli/complete.bash $(install_share)/bash-completion/completions/vi915
	install -D -m 644 cli/complete.fish $(install_share)/fish/vendor_completions.d/vi915.fish
	install -D -m 644 cli/complete.zsh $(install_share)/zsh/vendor-completions/_vi915

# The driver without its tests, for DKMS.
install-source:
	install -d $(DESTDIR)$(PREFIX)/src/vi915-$(vi915_version)
	install -m 644 driver/Kbuild driver/*.[ch] $(DESTDIR)$(PREFIX)/src/vi915-$(vi915_version)

# -- Debian packages ----------------------------------------------------------

# debhelper writes beside its rules, so those go to a folder of build/.
DEB ?= $(B)/deb
.PHONY: deb
deb: ## build the Debian packages, build/deb/*.deb
	@box/setup deb
	$(submake) -s fast debug command $(B)/vi915.1
	$(call step,'pack them')
	$(Q)rm -rf $(DEB)
	$(Q)mkdir -p $(DEB)/tree
	$(Q)cp -r debian $(DEB)/tree
	$(Q)cd $(DEB)/tree && \
		$(MAKE) -s -f debian/rules TOP=$(CURDIR) binary > ../log 2>&1 || \
		{ tail -n 20 ../log; echo 'deb: the whole output is in $(DEB)/log' >&2; exit 1; }
	$(Q)rm -rf $(DEB)/tree
	@ls -l $(DEB)/*.deb | awk '{ printf "%s  %.1f MB\n", $$9, $$5 / 1e6 }'
