#define PY_SSIZE_T_CLEAN
#include <Python.h>

static PyObject *upto(PyObject *self, PyObject *args) {
  long n;
  if (!PyArg_ParseTuple(args, "l", &n)) return NULL;
  long sum = 0;
  for (long i = 1; i <= n; i++) sum += i;
  return PyLong_FromLong(sum);
}

static PyMethodDef methods[] = {{"upto", upto, METH_VARARGS, "Adds the numbers up to n."}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "fastsum", NULL, -1, methods};

PyMODINIT_FUNC PyInit_fastsum(void) { return PyModule_Create(&module); }
