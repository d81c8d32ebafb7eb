import json
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlparse

import fastsum
import textkit


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        url = urlparse(self.path)
        if url.path == "/sum":
            self.answer(200, str(fastsum.upto(int(parse_qs(url.query)["n"][0]))))
        elif url.path == "/title":
            self.answer(200, textkit.title("a page of text"))
        elif url.path == "/environment":
            facts = {"uid": os.getuid(), "cwd": os.getcwd(), "unbuffered": os.environ.get("PYTHONUNBUFFERED")}
            self.answer(200, json.dumps({**facts, "python": sys.version_info[:2]}))
        else:
            self.answer(404, "nothing here")

    def answer(self, status, text):
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args):
        pass


HTTPServer(("", 8000), Handler).serve_forever()
