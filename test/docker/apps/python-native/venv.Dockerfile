FROM python:3.11-slim
RUN apt-get update && apt-get install -y build-essential && rm -rf /var/lib/apt/lists/*
RUN python -m venv --system-site-packages /venv
ENV PATH="/venv/bin:$PATH"
WORKDIR /app
COPY . .
RUN pip install --no-build-isolation ./vendor/textkit ./fastsum
EXPOSE 8000
ENTRYPOINT ["python"]
CMD ["app.py"]
