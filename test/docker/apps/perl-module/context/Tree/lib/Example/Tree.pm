package Example::Tree;

use strict;
use warnings;

our $VERSION = '0.01';
require XSLoader;
XSLoader::load('Example::Tree', $VERSION);

1;
