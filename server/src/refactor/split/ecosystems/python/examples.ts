import type { SplitExample } from "../ecosystem.ts";

export const examples: readonly SplitExample[] = [
  {
    title: "A server with a compiled driver: the compiler stays behind, its library comes along",
    project: { "requirements.txt": "flask==3.0.3\ngunicorn==22.0.0\npsycopg2==2.9.9\n" },
    before: `FROM python:3.12-slim-bookworm
WORKDIR /app
RUN apt-get update && apt-get install -y --no-install-recommends gcc libpq-dev && rm -rf /var/lib/apt/lists/*
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
EXPOSE 8000
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "app:app"]
`,
    after: `FROM python:3.12-slim-bookworm AS builder
WORKDIR /app
RUN apt-get update && apt-get install -y --no-install-recommends gcc libpq-dev && rm -rf /var/lib/apt/lists/*
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt

FROM python:3.12-slim-bookworm AS runtime
WORKDIR /app
RUN apt-get update \\
    && apt-get install -y --no-install-recommends libpq5 \\
    && rm -rf /var/lib/apt/lists/*
COPY --from=builder /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
COPY --from=builder /usr/local/bin /usr/local/bin
COPY . .
EXPOSE 8000
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "app:app"]
`,
    checks: [],
  },
  {
    title: "Sources that come before the install are copied again; steps behind it stay as they are",
    before: `FROM python:3.11-alpine
RUN apk add --no-cache build-base postgresql-dev libffi-dev tzdata
ENV PYTHONUNBUFFERED=1
COPY . /code
WORKDIR /code
RUN chmod +x docker-entrypoint.sh && pip install -r requirements.txt
RUN python manage.py collectstatic --noinput
ENTRYPOINT ["./docker-entrypoint.sh"]
CMD ["gunicorn", "shop.wsgi"]
`,
    after: `FROM python:3.11-alpine AS builder
RUN apk add --no-cache build-base postgresql-dev libffi-dev tzdata
ENV PYTHONUNBUFFERED=1
COPY . /code
WORKDIR /code
RUN chmod +x docker-entrypoint.sh && pip install -r requirements.txt

FROM python:3.11-alpine AS runtime
RUN apk add --no-cache libstdc++ libgomp libpq tzdata
ENV PYTHONUNBUFFERED=1
COPY . /code
WORKDIR /code
RUN chmod +x docker-entrypoint.sh
COPY --from=builder /usr/local/lib/python3.11/site-packages /usr/local/lib/python3.11/site-packages
COPY --from=builder /usr/local/bin /usr/local/bin
RUN python manage.py collectstatic --noinput
ENTRYPOINT ["./docker-entrypoint.sh"]
CMD ["gunicorn", "shop.wsgi"]
`,
    checks: [],
  },
  {
    title: "A tag without a version: the packages go to a virtual environment",
    project: { "requirements.txt": "django>=5\nmysqlclient\n" },
    before: `FROM python:3-slim
RUN apt-get update \\
    && apt-get install -y build-essential default-libmysqlclient-dev pkg-config
WORKDIR /srv
COPY requirements.txt .
RUN pip install --upgrade pip
RUN pip install -r requirements.txt
COPY . .
CMD ["python", "manage.py", "runserver", "0.0.0.0:8000"]
`,
    after: `FROM python:3-slim AS builder
RUN apt-get update \\
    && apt-get install -y build-essential default-libmysqlclient-dev pkg-config
WORKDIR /srv
COPY requirements.txt .
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
RUN pip install --upgrade pip
RUN pip install -r requirements.txt

FROM python:3-slim AS runtime
RUN apt-get update && apt-get install -y libmariadb3
WORKDIR /srv
COPY --from=builder /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY . .
CMD ["python", "manage.py", "runserver", "0.0.0.0:8000"]
`,
    checks: [],
  },
  {
    title: "A virtual environment crosses as it is",
    before: `FROM python:3.10-slim
ENV VIRTUAL_ENV=/opt/venv
RUN python3 -m venv $VIRTUAL_ENV
ENV PATH="$VIRTUAL_ENV/bin:$PATH"
RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*
RUN useradd -m worker
WORKDIR /home/worker
COPY requirements.txt .
RUN pip install git+https://example.com/tools.git@1.2 -r requirements.txt
USER worker
COPY --chown=worker:worker . .
CMD ["celery", "-A", "jobs", "worker"]
`,
    after: `FROM python:3.10-slim AS builder
ENV VIRTUAL_ENV=/opt/venv
RUN python3 -m venv $VIRTUAL_ENV
ENV PATH="$VIRTUAL_ENV/bin:$PATH"
RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*
WORKDIR /home/worker
COPY requirements.txt .
RUN pip install git+https://example.com/tools.git@1.2 -r requirements.txt

FROM python:3.10-slim AS runtime
ENV VIRTUAL_ENV=/opt/venv
ENV PATH="$VIRTUAL_ENV/bin:$PATH"
RUN useradd -m worker
WORKDIR /home/worker
COPY --from=builder /opt/venv /opt/venv
USER worker
COPY --chown=worker:worker . .
CMD ["celery", "-A", "jobs", "worker"]
`,
    checks: [],
  },
  {
    title: "Poetry installs into an environment that it does not live in",
    before: `FROM python:3.12-slim
RUN pip install poetry==1.8.3
WORKDIR /app
COPY pyproject.toml poetry.lock ./
RUN poetry config virtualenvs.create false && poetry install --only main --no-root
COPY . .
CMD ["uvicorn", "main:app", "--host", "0.0.0.0"]
`,
    after: `FROM python:3.12-slim AS builder
RUN pip install poetry==1.8.3
WORKDIR /app
COPY pyproject.toml poetry.lock ./
RUN python -m venv /opt/venv
ENV VIRTUAL_ENV=/opt/venv
RUN poetry config virtualenvs.create false && poetry install --only main --no-root

FROM python:3.12-slim AS runtime
WORKDIR /app
COPY --from=builder /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY . .
CMD ["uvicorn", "main:app", "--host", "0.0.0.0"]
`,
    checks: [],
  },
  {
    title: "uv and its cache stay behind",
    before: `FROM python:3.13-slim
COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/uv
ENV UV_PYTHON_DOWNLOADS=never
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-install-project
COPY . .
RUN uv sync --frozen --no-dev
ENV PATH="/app/.venv/bin:$PATH"
CMD ["fastapi", "run", "app/main.py"]
`,
    after: `FROM python:3.13-slim AS builder
COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/uv
ENV UV_PYTHON_DOWNLOADS=never
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-install-project
COPY . .
RUN uv sync --frozen --no-dev

FROM python:3.13-slim AS runtime
ENV UV_PYTHON_DOWNLOADS=never
WORKDIR /app
COPY --from=builder /app ./
ENV PATH="/app/.venv/bin:$PATH"
CMD ["fastapi", "run", "app/main.py"]
`,
    checks: [],
  },
  {
    title: "uv's image becomes the official Python image that it is made of",
    before: `FROM ghcr.io/astral-sh/uv:python3.12-bookworm-slim
WORKDIR /app
ENV UV_PYTHON_DOWNLOADS=0
COPY . .
RUN uv sync --locked --no-dev
CMD ["/app/.venv/bin/python", "-m", "bot"]
`,
    after: `FROM ghcr.io/astral-sh/uv:python3.12-bookworm-slim AS builder
WORKDIR /app
ENV UV_PYTHON_DOWNLOADS=0
COPY . .
RUN uv sync --locked --no-dev

FROM python:3.12-slim-bookworm AS runtime
WORKDIR /app
ENV UV_PYTHON_DOWNLOADS=0
COPY --from=builder /app ./
CMD ["/app/.venv/bin/python", "-m", "bot"]
`,
    checks: [],
  },
  {
    title: "The whole image of Python becomes its slim variant, if nothing of the rest is used",
    project: { "requirements.txt": "flask\npsycopg2\n" },
    before: `FROM python:3.11
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
CMD ["python", "app.py"]
`,
    after: `FROM python:3.11 AS builder
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt

FROM python:3.11-slim AS runtime
WORKDIR /app
COPY --from=builder /usr/local/lib/python3.11/site-packages /usr/local/lib/python3.11/site-packages
COPY --from=builder /usr/local/bin /usr/local/bin
RUN apt-get update && apt-get install -y --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/*
COPY . .
CMD ["python", "app.py"]
`,
    checks: [
      "The program uses nothing that `python:3.11` has beyond `python:3.11-slim`, such as git, curl, a compiler, or shared libraries that packages without wheels load.",
    ],
  },
  {
    title: "The system's own Python, everything in one RUN",
    before: `FROM debian:bookworm-slim
LABEL maintainer="ops@example.com"
ADD requirements.txt /tmp/requirements.txt
RUN apt-get update \\
 && apt-get install -y python3 python3-pip python3-dev build-essential libxml2-dev libxslt1-dev \\
 && pip3 install --break-system-packages -r /tmp/requirements.txt \\
 && rm -rf /var/lib/apt/lists/* /tmp/requirements.txt
ADD scraper.py /opt/scraper/
CMD python3 /opt/scraper/scraper.py
`,
    after: `FROM debian:bookworm-slim AS builder
ADD requirements.txt /tmp/requirements.txt
RUN apt-get update \\
 && apt-get install -y python3 python3-pip python3-dev build-essential libxml2-dev libxslt1-dev \\
 && pip3 install --break-system-packages -r /tmp/requirements.txt \\
 && rm -rf /var/lib/apt/lists/* /tmp/requirements.txt

FROM debian:bookworm-slim AS runtime
LABEL maintainer="ops@example.com"
RUN apt-get update \\
    && apt-get install -y python3 python3-setuptools ca-certificates libgomp1 libxml2 libxslt1.1 \\
    && rm -rf /var/lib/apt/lists/*
COPY --from=builder /usr/local /usr/local
ADD scraper.py /opt/scraper/
CMD python3 /opt/scraper/scraper.py
`,
    checks: [],
  },
  {
    title: "An editable install: the project crosses as the build left it",
    before: `FROM python:3.12-slim
RUN apt-get update && apt-get install -y g++
WORKDIR /src
COPY . .
RUN pip install -e .
CMD ["python", "-m", "solver"]
`,
    after: `FROM python:3.12-slim AS builder
RUN apt-get update && apt-get install -y g++
WORKDIR /src
COPY . .
RUN pip install -e .

FROM python:3.12-slim AS runtime
RUN apt-get update && apt-get install -y libgomp1
WORKDIR /src
COPY --from=builder /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
COPY --from=builder /usr/local/bin /usr/local/bin
COPY --from=builder /src ./
CMD ["python", "-m", "solver"]
`,
    checks: [],
  },
  {
    title: "A project that is installed as a whole: its sources stay behind, if nothing of them is read",
    before: `FROM python:3.12-slim
WORKDIR /build
COPY pyproject.toml README.md ./
COPY src src
RUN pip install --no-cache-dir .
ENTRYPOINT ["reporter"]
`,
    after: `FROM python:3.12-slim AS builder
WORKDIR /build
COPY pyproject.toml README.md ./
COPY src src
RUN pip install --no-cache-dir .

FROM python:3.12-slim AS runtime
WORKDIR /build
COPY --from=builder /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
COPY --from=builder /usr/local/bin /usr/local/bin
ENTRYPOINT ["reporter"]
`,
    checks: ["At run time `reporter` reads no files of /build: what pip installs of them is all it needs."],
  },
  {
    title: "Nothing that only the build needs",
    before: `FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
CMD ["python", "app.py"]
`,
    after: null,
    reason: "a second stage would leave nothing out",
  },
  {
    title: "Packages that are installed when the container starts",
    before: `FROM python:3.12-slim
RUN apt-get update && apt-get install -y gcc
WORKDIR /app
COPY . .
RUN pip install -r requirements.txt
CMD pip install -r extra.txt && python app.py
`,
    after: null,
    reason: "when it starts",
  },
  {
    title: "Alpine's own Python: the builder installs into an environment",
    before: `FROM alpine:3.20
RUN apk add --no-cache build-base libffi-dev python3-dev py3-pip && pip3 install --break-system-packages cryptography flask
COPY app.py /srv/app.py
CMD ["python3", "/srv/app.py"]
`,
    after: `FROM alpine:3.20 AS builder
ENV PATH=/opt/venv/bin:$PATH
RUN apk add --no-cache build-base libffi-dev python3-dev py3-pip && python3 -m venv /opt/venv && pip3 install --break-system-packages cryptography flask

FROM alpine:3.20 AS runtime
RUN apk add --no-cache libstdc++ libffi python3
COPY --from=builder /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY app.py /srv/app.py
CMD ["python3", "/srv/app.py"]
`,
    checks: [
      "pip installs all packages that the program imports: those of the system, such as setuptools, it does not see.",
    ],
  },
  {
    title: "Conda's environments",
    before: `FROM continuumio/miniconda3
WORKDIR /app
COPY environment.yml .
RUN conda env create -f environment.yml
COPY . .
CMD ["conda", "run", "-n", "app", "python", "app.py"]
`,
    after: null,
    reason: "Conda",
  },
];
