use strict;
use warnings;
use Example::Tree;

die "how many leaves?\n" unless @ARGV;
print Example::Tree::depth($ARGV[0]), "\n";
