#include <ruby.h>

static VALUE factorial(VALUE self, VALUE number) {
  long product = 1;
  for (long i = 2; i <= NUM2LONG(number); i++) product *= i;
  return LONG2NUM(product);
}

void Init_engine(void) { rb_define_singleton_method(rb_define_module("Engine"), "factorial", factorial, 1); }
