FROM python:3.11
MAINTAINER someone@example.com
ENV PYTHONUNBUFFERED yes
ADD . /code
WORKDIR /code
RUN cd vendor/textkit && python setup.py -q install && cd ../../fastsum && python setup.py -q install
EXPOSE 8000
CMD python app.py
