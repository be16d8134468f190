# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# perl sharing.pl COMMAND...: in a box with two GPUs, vkms and vgem, have three
# processes share buffers, then run COMMAND. The processes and their buffers:
#
#   painter   a buffer of 900 KiB of the first GPU, named "frame", which the
#             second GPU has imported and shows, and vkms has imported; it is
#             mapped, and has a pending write
#   keeper    the fd of that buffer and nothing else
#   importer  a buffer of 64 KiB of vgem; the second GPU has imported it and has
#             a job that writes it, which is pending with clock=lazy; the first
#             GPU has imported it and does not use it
use strict;
use warnings;
use Fcntl qw(O_RDWR F_SETFD);

use constant {
	GEM_CREATE => 0xc010645b,
	GEM_PWRITE => 0x4020645d,
	GEM_SET_DOMAIN => 0x400c645f,
	EXECBUFFER2 => 0x40406469,
	HANDLE_TO_FD => 0xc00c642d,
	FD_TO_HANDLE => 0xc00c642e,
	CREATE_DUMB => 0xc02064b2,
	SET_NAME => 0x40086201,
	IMPORT_SYNC_FILE => 0x40086203,
	CREATE_FENCE => 0xc0285700,
	GET_RESOURCES => 0xc04064a0,
	SET_CRTC => 0xc06864a2,
	ADD_FB => 0xc01c64ae,
	RDWR_CLOEXEC => 2 | 02000000,
	SYNC_WRITE => 2,
	DOMAIN_GTT => 0x40,
	EXEC_OBJECT_WRITE => 4,
	EXEC_BLT => 3,
	BATCH_BUFFER_END => 0x05000000,
};

my @files;

# A file that stays open over a fork, but not over an exec.
sub file
{
	my ($path) = @_;

	sysopen(my $file, $path, O_RDWR) or die "$path: $!\n";
	fcntl($file, F_SETFD, 1);
	push @files, $file;
	return $file;
}

# An ioctl whose argument has these fields. Returns the fields afterwards.
sub call
{
	my ($file, $number, $format, @fields) = @_;
	my $arg = pack($format, @fields);

	defined ioctl($file, $number, $arg) or die sprintf("ioctl %x: $!\n", $number);
	return unpack($format, $arg);
}

sub by_fd
{
	my ($fd) = @_;

	open(my $file, '+<&=', $fd) or die "fd $fd: $!\n";
	push @files, $file;
	return $file;
}

sub export { return (call($_[0], HANDLE_TO_FD, 'LLl', $_[1], RDWR_CLOEXEC, -1))[2] }
sub import_fd { return (call($_[0], FD_TO_HANDLE, 'LLl', 0, 0, $_[1]))[0] }

# Show a buffer of 640x360 on a card's first output.
sub show
{
	my ($card, $handle) = @_;
	my ($crtcs, $connectors) = ("\0" x 32, "\0" x 32);
	my $fb = (call($card, ADD_FB, 'L7', 0, 640, 360, 640 * 4, 32, 24, $handle))[0];

	call($card, GET_RESOURCES, 'QPPQL8', 0, $crtcs, $connectors, 0, 0, 8, 8, 0, (0) x 4);
	call($card, SET_CRTC, 'PL7LS10L3a32', $connectors, 1, unpack('L', $crtcs), $fb, 0, 0, 0, 1,
	     18000, 640, 656, 688, 800, 0, 360, 363, 368, 375, 0, 60, 0, 0, '640x360');
}

# Each process writes to this pipe when it has done its part.
pipe(my $ready, my $done) or die "pipe: $!\n";

# Start a process named $name that runs $what, and then waits for the end.
sub process
{
	my ($name, $what) = @_;
	my $pid = fork() // die "fork: $!\n";

	return $pid if $pid;
	open(my $comm, '>', '/proc/self/comm') or die "comm: $!\n";
	print $comm $name;
	close $comm;
	print STDERR "sharing.pl: $@" unless eval { $what->(); 1 };
	syswrite $done, '.';
	sleep 60;
	exit 1;
}

sub painter
{
	my ($one, $two, $screen) = map { file("/dev/dri/card$_") } 0 .. 2;
	my (undef, $handle) = call($one, GEM_CREATE, 'QLL', 640 * 360 * 4, 0, 0);
	my $fd = export($one, $handle);
	my $buffer = by_fd($fd);
	my $name = "frame\0";

	# Syscall 9 is mmap(2); the mapping lasts as long as the process.
	defined ioctl($buffer, SET_NAME, $name) or die "name: $!\n";
	syscall(9, 0, 4096, 1, 1, $fd, 0) != -1 or die "mmap: $!\n";
	import_fd($screen, $fd);
	my $theirs = import_fd($two, $fd);
	show($two, $theirs);
	my $timeline = file('/sys/kernel/debug/sync/sw_sync');
	my $fence = (call($timeline, CREATE_FENCE, 'La32l', 1, 'not yet', -1))[2];
	by_fd($fence);
	ioctl($buffer, IMPORT_SYNC_FILE, my $arg = pack('Ll', SYNC_WRITE, $fence)) or die "fence: $!\n";
	# From here on, and only in the keeper, there is nothing but the fd.
	process('keeper', sub { @files = ($buffer); close $_ for $one, $two, $screen, $timeline });
}

sub importer
{
	my ($one, $two, $vgem) = map { file("/dev/dri/card$_") } 0, 1, 3;
	my $handle = (call($vgem, CREATE_DUMB, 'LLLLLLQ', 64, 256, 32, 0, 0, 0, 0))[4];
	my $fd = export($vgem, $handle);
	my $imported = import_fd($two, $fd);
	import_fd($one, $fd);
	my (undef, $batch) = call($two, GEM_CREATE, 'QLL', 4096, 0, 0);
	my $dwords = pack('LL', BATCH_BUFFER_END, 0);

	# The first use maps it.
	by_fd($fd);
	call($two, GEM_SET_DOMAIN, 'LLL', $imported, DOMAIN_GTT, 0);
	call($two, GEM_PWRITE, 'LLQQP', $batch, 0, 0, length $dwords, $dwords);
	my $objects = pack('LLQQQQQQ' x 2, $imported, 0, 0, 0, 0, EXEC_OBJECT_WRITE, 0, 0,
			   $batch, (0) x 7);
	call($two, EXECBUFFER2, 'PL6Q4', $objects, 2, 0, length $dwords, (0) x 4, EXEC_BLT, 0, 0);
}

sub wait_for { sysread($ready, my $dot, 1) == 1 or die "ready: $!\n" for 1 .. $_[0] }

# One after the other, since the first file of a card becomes its master.
my @pids = (process('painter', \&painter));
wait_for(2);
push @pids, process('importer', \&importer);
wait_for(1);
my $status = system @ARGV;
kill 'KILL', @pids;
exit($status >> 8);
