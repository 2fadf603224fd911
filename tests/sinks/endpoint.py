"""An HTTPS endpoint for records, on 127.0.0.1: endpoint.py DIRECTORY PORT CERTIFICATE KEY.

PORT 0: the kernel chooses. DIRECTORY/ready is there when it listens, and holds the port.

DIRECTORY/mode says how it answers: 200, 503, a number, "413 N" (more than N lines), "400 TEXT"
(lines that hold TEXT), "die" (takes the body, then closes without an answer). Requests without the
token in DIRECTORY/token get 401. What it took is appended to DIRECTORY/received, a line for each
request to DIRECTORY/requests.
"""

import http.server
import os
import ssl
import sys

directory, port, certificate, key = sys.argv[1:5]


def text(name):
    with open(os.path.join(directory, name), encoding="utf-8") as file:
        return file.read().strip()


def append(name, content):
    with open(os.path.join(directory, name), "ab") as file:
        file.write(content)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:  # the sender was killed: what is not whole was not received
            self.close_connection = True
            return
        lines = body.splitlines()
        status = self.judge(body, lines)
        append("requests", f"{status} {self.path} {len(lines)} {self.headers['Content-Type']}\n".encode())
        if status == 200:
            append("received", body)
        if status == 0:
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def judge(self, body, lines):
        mode, _, argument = text("mode").partition(" ")
        if self.headers["Authorization"] != "Bearer " + text("token"):
            return 401
        if mode == "die":
            append("received", body)
            return 0
        if mode == "413":
            return 413 if len(lines) > int(argument) else 200
        if mode == "400":
            return 400 if argument.encode() in body else 200
        return int(mode)

    def log_message(self, format, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        pass  # a client that is killed


server = Server(("127.0.0.1", int(port)), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
with open(os.path.join(directory, "ready.new"), "w", encoding="utf-8") as file:
    file.write(str(server.server_address[1]))
os.rename(os.path.join(directory, "ready.new"), os.path.join(directory, "ready"))
server.serve_forever()
