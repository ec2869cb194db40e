"""Sees every enveloped datagram that a gateway sends to pods behind a bridge, and which of them leave the bridge.

tap.py RECORDS PORT          in the namespace of the bridge

Prints "ready". After SIGTERM RECORDS holds a line of JSON for each destination and stream: its numbers in their order
and, by the number's place, the sequences in it and how often it was sent and arrived; a last line says how many packets
the tap itself missed.
"""
from __future__ import annotations

import json
import signal
import socket
import struct
import sys
from pathlib import Path
from typing import Dict, List, Tuple

sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "deploy/examples/python-subscriber"))

from subscriber import HEARTBEAT, MESSAGES, Fault, decode  # noqa: E402

ETH_P_ALL, ETH_P_IP, SOL_PACKET, PACKET_STATISTICS, SO_RCVBUFFORCE = 0x0003, 0x0800, 263, 6, 33
UDP = 17
# Whether the gateway sent it or it left the bridge, where to, and the payload.
Sighting = Tuple[bool, bytes, bytes]


class Stream:
    """What was seen of one stream on the way to one destination."""

    def __init__(self) -> None:
        # First and last sequence, times sent, times arrived, bytes of each number.
        self.rows: Dict[int, List[int]] = {}
        self.heartbeats = [0, 0]

    def see(self, payload: bytes, has_arrived: bool) -> None:
        envelope = decode(payload)
        if envelope.kind == HEARTBEAT:
            self.heartbeats[has_arrived] += 1
        if envelope.kind != MESSAGES:
            return
        row = self.rows.get(envelope.number)
        if row is None:
            sequences = [record.sequence for record in envelope.records]
            if sequences != list(range(sequences[0], sequences[0] + len(sequences))):
                raise ValueError(f"datagram {envelope.number} holds the sequences {sequences}")
            row = self.rows[envelope.number] = [sequences[0], sequences[-1], 0, 0, len(payload)]
        row[2 + has_arrived] += 1

    def fields(self) -> Dict[str, object]:
        rows = sorted(self.rows.items())
        columns = zip(*(row for _, row in rows)) if rows else ([],) * 5
        names = ("firsts", "lasts", "sent", "arrived", "bytes")
        return {
            "numbers": [number for number, _ in rows], **dict(zip(names, map(list, columns))),
            "heartbeatsSent": self.heartbeats[0], "heartbeatsArrived": self.heartbeats[1]}


def sightings(packets: List[Tuple[bytes, bool]], port: int) -> List[Sighting]:
    found = []
    for packet, has_arrived in packets:
        header = (packet[0] & 15) * 4
        if packet[9] == UDP and struct.unpack_from(">H", packet, header + 2)[0] == port:
            found.append((has_arrived, packet[16:20], packet[header + 8:]))
    return found


def main() -> None:
    records, port = sys.argv[1], int(sys.argv[2])
    ended: List[bool] = []
    signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
    # What is sent is seen only by a socket for all protocols.
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
    tap.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 256 << 20)
    tap.settimeout(0.1)
    print("ready", flush=True)
    packets = []
    while True:
        try:
            packet, (interface, protocol, kind, _, _) = tap.recvfrom(65_536)
        except socket.timeout:
            if ended:
                break
            continue
        if protocol == ETH_P_IP and kind == socket.PACKET_OUTGOING:
            packets.append((packet, interface != "bridge"))
    _, missed = struct.unpack("II", tap.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
    streams: Dict[Tuple[str, str, int, int], Stream] = {}
    for has_arrived, destination, payload in sightings(packets, port):
        try:
            envelope = decode(payload)
        except Fault:
            continue  # Of another format.
        key = (socket.inet_ntoa(destination), envelope.topic, envelope.source, envelope.epoch)
        streams.setdefault(key, Stream()).see(payload, has_arrived)
    with open(records, "w") as file:
        for key, stream in streams.items():
            named = dict(zip(("destination", "topic", "source", "epoch"), key))
            file.write(json.dumps({**named, **stream.fields()}) + "\n")
        file.write(json.dumps({"missed": missed}) + "\n")


main()
