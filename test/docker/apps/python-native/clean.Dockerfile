FROM python:3.11
ENV PYTHONUNBUFFERED=1
WORKDIR /app
COPY requirements.txt ./
COPY vendor ./vendor
COPY fastsum ./fastsum
RUN pip install --no-cache-dir --no-build-isolation -r requirements.txt
COPY app.py ./
EXPOSE 8000
USER nobody
CMD ["python", "app.py"]
