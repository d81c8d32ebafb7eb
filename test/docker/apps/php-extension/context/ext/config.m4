PHP_ARG_ENABLE([sorted], [for sorted JSON], [AS_HELP_STRING([--enable-sorted], [Sort JSON])], [yes])
if test "$PHP_SORTED" != "no"; then
  PHP_ADD_LIBRARY(jansson,, SORTED_SHARED_LIBADD)
  PHP_SUBST(SORTED_SHARED_LIBADD)
  PHP_NEW_EXTENSION(sorted, sorted.c, $ext_shared)
fi
