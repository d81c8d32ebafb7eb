#include "EXTERN.h"
#include "perl.h"
#include "XSUB.h"

MODULE = Example::Tree  PACKAGE = Example::Tree

int
depth(int leaves)
  CODE:
    RETVAL = 0;
    while ((1 << RETVAL) < leaves) RETVAL++;
  OUTPUT:
    RETVAL
