"""Receivers outside: every socket that an attempt could reach. Nothing here waits: what was sent
before the sandbox ended lies in the kernel's queues, and seen() takes it out."""

import os
import socket

MPTCP = 262


class Receivers:
    ADDRESSES = ("127.0.0.1", "192.0.2.1", "169.254.169.254")

    def __init__(self, directory):
        """`directory`: where sockets with a path are made, for everybody to connect to."""
        self.streams, self.packets, self.wire = [], [], []
        self.stream = os.path.join(directory, "docker.sock")
        self.seqpacket = os.path.join(directory, "packets.sock")
        self.datagram = os.path.join(directory, "log.sock")
        self.agent = os.path.join(directory, "S.gpg-agent")
        # Of a machine in WSL (escape.sh made the directory): any name of that shape is found.
        self.interop = "/run/WSL/%d_interop" % os.getpid()
        self.abstract = "sefaca-escape-%d" % os.getpid()
        self.tcp = self._internet()
        for path, kind in ((self.stream, socket.SOCK_STREAM), (self.agent, socket.SOCK_STREAM),
                           (self.seqpacket, socket.SOCK_SEQPACKET),
                           (self.datagram, socket.SOCK_DGRAM),
                           ("\0" + self.abstract, socket.SOCK_STREAM),
                           ("\0" + self.abstract + "-datagram", socket.SOCK_DGRAM)):
            self._add(socket.socket(socket.AF_UNIX, kind), path)
            if not path.startswith("\0"):
                os.chmod(path, 0o777)
        if os.access(os.path.dirname(self.interop), os.W_OK):
            self._add(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM), self.interop)
            os.chmod(self.interop, 0o777)
        try:
            raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
            self.wire.append(raw)
            frames = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
            frames.bind(("lo", 0x0800))
            self.wire.append(frames)
        except PermissionError:
            pass  # an ordinary user's network namespace: ping is judged by nobody

    def _add(self, made, address):
        made.bind(address)
        if made.type == socket.SOCK_DGRAM:
            self.packets.append(made)
        else:
            made.listen(4096)  # more than one attempt makes: they are taken afterwards
            self.streams.append(made)
        made.setblocking(False)

    def _internet(self):
        """One port number for all addresses, TCP (MPTCP where it is to be had) and UDP."""
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        for address in (*self.ADDRESSES, "::1"):
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            try:
                stream = socket.socket(family, socket.SOCK_STREAM, MPTCP)
            except OSError:
                stream = socket.socket(family, socket.SOCK_STREAM)
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                stream.setsockopt(socket.IPPROTO_TCP, 23, 16)  # TCP_FASTOPEN
            except OSError:
                pass
            self._add(stream, (address, port))
            self._add(socket.socket(family, socket.SOCK_DGRAM), (address, port))
            if family == socket.AF_INET:
                self._add(socket.socket(family, socket.SOCK_DGRAM), (address, 53))
        return port

    def drain(self):
        """All bytes that have come since the last time: to somebody, and on the wire alone."""
        came = []
        for listener in self.streams:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    break
                with connection:
                    connection.setblocking(False)
                    try:
                        came.append(connection.recv(65536))
                    except OSError:
                        pass
        seen = []
        for one in self.packets + self.wire:
            one.setblocking(False)
            while True:
                try:
                    (seen if one in self.wire else came).append(one.recv(65536))
                except OSError:
                    break
        return b"\n".join(came), b"\n".join(seen)
