# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# perl picture.pl FILE.png QUESTION...: answer questions about a picture, an 8-bit RGB PNG as
# made by `vi915 shot`, one line per question. A rectangle is X,Y,WIDTH,HEIGHT, a colour RRGGBB.
#
#   size                     its WIDTHxHEIGHT
#   colours RECTANGLE        how many different colours are there
#   share RECTANGLE COLOUR   how many of 1000 pixels there are COLOUR
#   percent RECTANGLE COLOUR how many of 100
use strict;
use warnings;
use Compress::Zlib qw(uncompress);

sub refuse { die "picture.pl: $_[0]\n" }

# The rows of the picture, as strings of bytes.
sub decode {
	my ($file) = @_;
	my ($at, $packed, $w, $h, $depth, $kind) = (8, '');
	open my $in, '<:raw', $file or refuse("$file: $!");
	my $png = do { local $/; <$in> };

	refuse("$file is no PNG") unless substr($png, 0, 8) eq "\x89PNG\r\n\x1a\n";
	while ($at + 8 <= length $png) {
		my ($len, $type) = unpack 'NA4', substr $png, $at, 8;
		($w, $h, $depth, $kind) = unpack 'NNCC', substr $png, $at + 8, 10
			if $type eq 'IHDR';
		$packed .= substr $png, $at + 8, $len if $type eq 'IDAT';
		$at += 12 + $len;
	}
	refuse("$file is not of 8 bits and RGB") unless $depth == 8 && $kind == 2;
	my $raw = uncompress($packed);
	my ($size, $above, @rows) = (3 * $w, "\0" x (3 * $w));
	for my $y (0 .. $h - 1) {
		my $filter = unpack 'C', substr $raw, $y * ($size + 1), 1;
		my $row = substr $raw, $y * ($size + 1) + 1, $size;
		$row = unfilter($filter, $row, $above) if $filter;
		push @rows, $above = $row;
	}
	return ($w, $h, \@rows);
}

# Undo a row's filter, which stores differences between neighbouring pixels.
sub unfilter {
	my ($filter, $text, $before) = @_;
	my @row = unpack 'C*', $text;
	my @above = unpack 'C*', $before;

	for my $i (0 .. $#row) {
		my ($l, $u, $c) = ($i < 3 ? 0 : $row[$i - 3], $above[$i], $i < 3 ? 0 : $above[$i - 3]);
		my $guess = (0, $l, $u, ($l + $u) >> 1)[$filter];
		if ($filter == 4) {
			my ($pl, $pu, $pc) = (abs($u - $c), abs($l - $c), abs($l + $u - 2 * $c));
			$guess = $pl <= $pu && $pl <= $pc ? $l : $pu <= $pc ? $u : $c;
		}
		$row[$i] = ($row[$i] + $guess) & 255;
	}
	return pack 'C*', @row;
}

# How often each colour occurs in a rectangle.
sub count {
	my ($w, $h, $rows, $rectangle) = @_;
	my ($x, $y, $width, $height) = split /,/, $rectangle;
	my %count = (all => $width * $height);

	refuse("$rectangle is not in ${w}x$h") if $x + $width > $w || $y + $height > $h;
	for my $row (@$rows[$y .. $y + $height - 1]) {
		$count{$_}++ for unpack '(H6)*', substr $row, 3 * $x, 3 * $width;
	}
	return \%count;
}

my @picture = decode(shift);
while (my $question = shift) {
	if ($question eq 'size') {
		print "$picture[0]x$picture[1]\n";
	} elsif ($question eq 'colours') {
		print keys(%{count(@picture, shift)}) - 1, "\n";
	} else {
		my $count = count(@picture, shift);
		print int(($question eq 'share' ? 1000 : 100) * ($count->{+shift} // 0) / $count->{all}), "\n";
	}
}
