#include <jansson.h>
#include <php.h>
#include <stdlib.h>

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_sorted, 0, 1, IS_STRING, 0)
  ZEND_ARG_TYPE_INFO(0, text, IS_STRING, 0)
ZEND_END_ARG_INFO()

PHP_FUNCTION(sorted)
{
  zend_string *text;
  ZEND_PARSE_PARAMETERS_START(1, 1)
    Z_PARAM_STR(text)
  ZEND_PARSE_PARAMETERS_END();

  json_t *value = json_loads(ZSTR_VAL(text), 0, NULL);
  char *written = value == NULL ? NULL : json_dumps(value, JSON_SORT_KEYS | JSON_COMPACT);
  RETVAL_STRING(written == NULL ? "no JSON" : written);
  free(written);
  json_decref(value);
}

static const zend_function_entry functions[] = {PHP_FE(sorted, arginfo_sorted) PHP_FE_END};

zend_module_entry sorted_module_entry = {
  STANDARD_MODULE_HEADER, "sorted", functions, NULL, NULL, NULL, NULL, NULL, "1.0", STANDARD_MODULE_PROPERTIES,
};

ZEND_GET_MODULE(sorted)
