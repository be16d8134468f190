# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# perl planes.pl SHOT MODE [LAYER]...: check that the picture in the file SHOT, a PPM, is that
# of an output with this mode ("640x480") and these layers, from bottom to top, on black. Prints
# the CRC of SHOT and the position of a layer given as "?,?", or a difference, and then ends
# with 1.
#
# A layer is a plane as given to modetest, "X,Y WxH FORMAT PATTERN", followed by the plane's
# properties that are not the default: "alpha=N", "blend=none" or "blend=coverage". X,Y may be
# "?,?": anywhere.
#
# The expected picture is derived from the patterns, which are bars of SMPTE with modetest's
# sizes and colours or one value in all bytes, and from DRM's documentation of formats and
# blending; nothing of it was recorded.
use strict;
use warnings;
use Compress::Raw::Zlib qw(crc32);
use List::Util qw(min max);

my @top = ([192, 192, 192], [192, 192, 0], [0, 192, 192], [0, 192, 0],
	[192, 0, 192], [192, 0, 0], [0, 0, 192]);
my @middle = ([0, 0, 192], [19, 19, 19], [192, 0, 192], [19, 19, 19],
	[0, 192, 192], [19, 19, 19], [192, 192, 192]);
my @bottom = ([0, 33, 76], [255, 255, 255], [50, 0, 106], [19, 19, 19],
	[9, 9, 9], [19, 19, 19], [29, 29, 29], [19, 19, 19]);

# The band of bars that a row of the pattern belongs to.
sub smpte_band
{
	my ($y, $height) = @_;

	return $y < int($height * 6 / 9) ? 0 : $y < int($height * 7 / 9) ? 1 : 2;
}

# A pixel of the bars: red, green, blue and alpha, 0 to 255.
sub smpte
{
	my ($x, $band, $width) = @_;
	my ($left, $right) = (int($width * 5 / 7), int($width * 6 / 7));

	return (@{$top[int($x * 7 / $width)]}, 255) if $band == 0;
	return (@{$middle[int($x * 7 / $width)]}, 127) if $band == 1;
	return (@{$bottom[int($x * 4 / $left)]}, 255) if $x < $left;
	return (@{$bottom[4 + int(($x - $left) * 3 / int($width / 7))]}, 255) if $x < $right;
	return (@{$bottom[7]}, 255);
}

# How a format changes a colour: a function of red, green, blue and alpha, and the allowed
# difference. Rounding may go either way; 8-bit YUV with half the chroma does not have all
# colours.
my %formats = (
	XR24 => [sub { return (@_[0 .. 2], 255) }, 0],
	XB24 => [sub { return (@_[0 .. 2], 255) }, 0],
	AR24 => [sub { return @_ }, 0],
	AB24 => [sub { return @_ }, 0],
	RG16 => [sub {
		my ($red, $green, $blue) = @_;
		return (($red >> 3) * 255 / 31, ($green >> 2) * 255 / 63,
			($blue >> 3) * 255 / 31, 255);
	}, 1],
	XR30 => [sub { return (@_[0 .. 2], 255) }, 0],
	NV12 => [sub { return (@_[0 .. 2], 255) }, 3],
	YUYV => [sub { return (@_[0 .. 2], 255) }, 3],
);

# The pixel with 0x77 in every byte.
my %plain = (
	XR24 => [0x77, 0x77, 0x77, 255],
	XB24 => [0x77, 0x77, 0x77, 255],
	AR24 => [0x77, 0x77, 0x77, 0x77],
	AB24 => [0x77, 0x77, 0x77, 0x77],
	RG16 => [0x0e * 255 / 31, 0x3b * 255 / 63, 0x17 * 255 / 31, 255],
	XR30 => [0x377 * 255 / 1023, 0x1dd * 255 / 1023, 0x377 * 255 / 1023, 255],
);

sub read_ppm
{
	my ($path) = @_;

	open(my $file, '<:raw', $path) or die "$path: $!\n";
	local $/;
	my $ppm = <$file>;
	$ppm =~ s/^P6\n(\d+) (\d+)\n255\n// or die "$path is no picture\n";
	my ($width, $height) = ($1, $2);
	die "$path ends too early\n" if length($ppm) != $width * $height * 3;
	return ($width, $height, $ppm);
}

# "X,Y WxH FORMAT PATTERN [NAME=VALUE]..."
sub parse_layer
{
	my ($text) = @_;

	$text =~ /^([-\d?]+),([-\d?]+) (\d+)x(\d+) (\S+) (smpte|plain)(.*)$/ or
		die "not a layer: $text\n";
	my ($format, $options) = ($5, $7);
	my %layer = (x => $1, y => $2, width => $3, height => $4, pattern => $6,
		blend => 'pre', alpha => 65535);

	$layer{edges} = $format eq 'NV12' || $format eq 'YUYV';
	$layer{$1} = $2 while $options =~ / (\w+)=(\w+)/g;
	($layer{seen}, $layer{off}) = @{$formats{$format} or die "what is $format?\n"};
	if ($layer{pattern} eq 'plain') {
		$layer{plain} = $plain{$format} or die "$format is not plain\n";
		$layer{off} = 1 if $format eq 'RG16' or $format eq 'XR30';
	}
	return \%layer;
}

# The kind of row that a layer contributes to row $y: none, or one of a few.
sub row_kind
{
	my ($layer, $y) = @_;
	my $row = $y - $layer->{y};

	return -1 if $row < 0 or $row >= $layer->{height};
	return 0 if $layer->{pattern} eq 'plain';
	my $kind = smpte_band($row, $layer->{height});
	# Chroma at the border of two bands may be that of either.
	$kind += 3 if $layer->{edges} and
		(smpte_band(max($row - 2, 0), $layer->{height}) != $kind or
		 smpte_band(min($row + 2, $layer->{height} - 1), $layer->{height}) != $kind);
	return $kind;
}

# One channel of a pixel over another one, by the plane's blend mode.
sub blend
{
	my ($layer, $value, $alpha, $below) = @_;
	my $plane = $layer->{alpha} / 65535;

	$alpha /= 255;
	return $plane * $value + (1 - $plane) * $below if $layer->{blend} eq 'none';
	return $plane * $alpha * $value + (1 - $plane * $alpha) * $below
		if $layer->{blend} eq 'coverage';
	return min(255, $plane * $value + (1 - $plane * $alpha) * $below);
}

# Paint a layer's row over the pixels below: each pixel is [red, green, blue, off], where off is
# the allowed difference per channel, or undef for any.
sub paint
{
	my ($layer, $kind, $pixels) = @_;
	my ($width, $band) = ($layer->{width}, $kind % 3);
	my @colours = map {
		[$layer->{plain} ? @{$layer->{plain}} : $layer->{seen}->(smpte($_, $band, $width))]
	} 0 .. $width - 1;

	for my $i (0 .. $width - 1) {
		my $x = $layer->{x} + $i;
		next if $x < 0 or $x >= @$pixels;
		my @colour = @{$colours[$i]};
		my $below = $pixels->[$x];
		my $mixed = $colour[3] != 255 || $layer->{alpha} != 65535;
		my $off = $mixed ? 1 + $layer->{off} + ($below->[3] // 0) : $layer->{off};
		my @beside = map { $colours[min(max($i + $_, 0), $width - 1)] } -1, 1;

		$off = undef if $layer->{edges} and
			($kind > 2 or grep { "@$_" ne "@colour" } @beside);
		$pixels->[$x] = [(map { blend($layer, $colour[$_], $colour[3], $below->[$_]) }
			0 .. 2), $off];
	}
}

# The first wrong pixel of a row, in words; '' if there is none.
sub compare
{
	my ($want, $got) = @_;
	my @got = unpack('C*', $got);

	for my $x (0 .. $#$want) {
		my ($red, $green, $blue, $off) = @{$want->[$x]};
		my @pixel = @got[3 * $x .. 3 * $x + 2];
		next if not defined $off;
		next if abs($pixel[0] - $red) <= $off + 0.5 and
			abs($pixel[1] - $green) <= $off + 0.5 and
			abs($pixel[2] - $blue) <= $off + 0.5;
		return sprintf('x %d: want %.4g %.4g %.4g (off by %d at most), got %d %d %d',
			$x, $red, $green, $blue, $off, @pixel);
	}
	return '';
}

# Position of the first pixels that differ from the lowest layer, which must be
# plain.
sub find_layer
{
	my ($layer, $below, $width, $height, $ppm) = @_;
	my $plain = pack('C3', @{$below->{plain}});
	my ($left, $top) = ($width, undef);

	for my $y (0 .. $height - 1) {
		my $row = substr($ppm, $y * $width * 3, $width * 3);
		next if $row eq $plain x $width;
		$top //= $y;
		$row =~ /^((?:\Q$plain\E)*)/s;
		$left = min($left, length($1) / 3);
	}
	die "nothing is on it\n" if not defined $top;
	@$layer{'x', 'y'} = ($left, $top);
}

my ($shot, $mode, @layers) = @ARGV;
my ($width, $height, $ppm) = read_ppm($shot);
my (%want, %verdict);

die "want $mode, got ${width}x$height\n" if $mode ne "${width}x$height";
@layers = map { parse_layer($_) } @layers;
my @found = grep { $_->{x} eq '?' } @layers;
find_layer($_, $layers[0], $width, $height, $ppm) for @found;

for my $y (0 .. $height - 1) {
	my @kinds = map { row_kind($_, $y) } @layers;
	my $got = substr($ppm, $y * $width * 3, $width * 3);

	if (not $want{"@kinds"}) {
		my $pixels = [map { [0, 0, 0, 0] } 1 .. $width];
		for my $i (0 .. $#layers) {
			paint($layers[$i], $kinds[$i], $pixels) if $kinds[$i] >= 0;
		}
		$want{"@kinds"} = $pixels;
	}
	$verdict{"@kinds $got"} //= compare($want{"@kinds"}, $got);
	die "y $y, ", $verdict{"@kinds $got"}, "\n" if $verdict{"@kinds $got"};
}

# The CRC is one of XRGB8888 with X = 0: bytes blue, green, red, 0.
my $crc = crc32('');
for my $y (0 .. $height - 1) {
	my $row = substr($ppm, $y * $width * 3, $width * 3);
	$row =~ s/(.)(.)(.)/$3$2$1\0/gs;
	$crc = crc32($row, $crc);
}
printf("0x%08x%s\n", $crc, join('', map { " $_->{x},$_->{y}" } @found));
