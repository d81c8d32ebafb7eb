FROM python:3.11-slim
COPY . /srv/app
WORKDIR /srv/app
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev curl && pip install --no-build-isolation -r requirements.txt && apt-get purge -y gcc && rm -rf /var/lib/apt/lists/* /root/.cache && adduser --system --group app
USER app
EXPOSE 8000
HEALTHCHECK CMD curl -fsS http://127.0.0.1:8000/title || exit 1
CMD python app.py
