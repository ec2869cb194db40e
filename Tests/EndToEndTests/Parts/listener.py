"""Prints each datagram as a line of hexadecimal: listener.py HOST PORT"""
import socket
import sys

listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
listener.bind((sys.argv[1], int(sys.argv[2])))
print(listener.getsockname()[1], flush=True)
while True:
    payload, sender = listener.recvfrom(65536)
    print(payload.hex(), flush=True)
