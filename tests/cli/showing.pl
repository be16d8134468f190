# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# perl showing.pl CARD.OUTPUT... -- COMMAND...: show a 640x360 picture on these outputs, each in
# another colour, run COMMAND and end with its status.
# perl showing.pl CARD.OUTPUT: print that picture as a binary PPM.
use strict;
use warnings;
use Fcntl qw(O_RDWR F_SETFD);

use constant {
	GEM_CREATE => 0xc010645b,
	GEM_PWRITE => 0x4020645d,
	GET_RESOURCES => 0xc04064a0,
	SET_CRTC => 0xc06864a2,
	ADD_FB => 0xc01c64ae,
};

my %cards;

sub card
{
	my ($number) = @_;

	return $cards{$number} if $cards{$number};
	sysopen(my $file, "/dev/dri/card$number", O_RDWR) or die "card$number: $!\n";
	fcntl($file, F_SETFD, 1);
	return $cards{$number} = $file;
}

sub call
{
	my ($file, $number, $format, @fields) = @_;
	my $arg = pack($format, @fields);

	defined ioctl($file, $number, $arg) or die sprintf("ioctl %x: $!\n", $number);
	return unpack($format, $arg);
}

# Red and green depend on the position, blue on the output.
sub rows
{
	my ($card, $output, $format) = @_;
	my $blue = 40 + 100 * $card + 30 * $output;

	return join '', map { my $y = $_; map { pack($format, $blue, $y & 255, $_ & 255) } 0 .. 639 } 0 .. 359;
}

sub show
{
	my ($card, $output) = @_;
	my $file = card($card);
	my ($crtcs, $connectors) = ("\0" x 32, "\0" x 32);
	my (undef, $handle) = call($file, GEM_CREATE, 'QLL', 640 * 360 * 4, 0, 0);
	my $bytes = rows($card, $output, 'C3x');
	my $fb = (call($file, ADD_FB, 'L7', 0, 640, 360, 640 * 4, 32, 24, $handle))[0];

	call($file, GEM_PWRITE, 'LLQQP', $handle, 0, 0, length $bytes, $bytes);
	call($file, GET_RESOURCES, 'QPPQL8', 0, $crtcs, $connectors, 0, 0, 8, 8, 0, (0) x 4);
	my $connector = substr($connectors, 4 * $output, 4);
	call($file, SET_CRTC, 'PL7LS10L3a32', $connector, 1, unpack('L', substr($crtcs, 4 * $output, 4)), $fb,
	     0, 0, 0, 1, 18000, 640, 656, 688, 800, 0, 360, 363, 368, 375, 0, 60, 0, 0, '640x360');
}

my @outputs;
push @outputs, [split /\./, shift] while @ARGV && $ARGV[0] ne '--';
if (!@ARGV) {
	my $bytes = rows(@{$outputs[0]}, 'C3');

	# Convert B, G, R to R, G, B.
	$bytes =~ s/(.)(.)(.)/$3$2$1/gs;
	binmode STDOUT;
	print "P6\n640 360\n255\n$bytes";
	exit;
}
shift;
show(@$_) for @outputs;
exit(system(@ARGV) >> 8);
