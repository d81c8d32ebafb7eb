from setuptools import setup

setup(name="textkit", version="0.3", py_modules=["textkit"])
