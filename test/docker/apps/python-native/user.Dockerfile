FROM python:3.11
RUN useradd --create-home runner
USER runner
WORKDIR /home/runner/app
ENV PATH=/home/runner/.local/bin:$PATH
COPY --chown=runner:runner . .
RUN pip install --user --no-build-isolation -r requirements.txt
EXPOSE 8000
CMD ["python", "-u", "app.py"]
