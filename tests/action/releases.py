"""A server of releases over HTTPS, on 127.0.0.1: releases.py DIRECTORY CERTIFICATE KEY READY.

What lies in DIRECTORY is served as it is. READY is written when it listens, and holds the port.
"""

import functools
import http.server
import os
import ssl
import sys

directory, certificate, key, ready = sys.argv[1:5]


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format, *arguments):
        pass


server = http.server.ThreadingHTTPServer(
    ("127.0.0.1", 0), functools.partial(Handler, directory=directory))
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
with open(ready + ".new", "w", encoding="utf-8") as file:
    file.write(str(server.server_address[1]))
os.rename(ready + ".new", ready)
server.serve_forever()
