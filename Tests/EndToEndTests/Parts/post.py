"""Posts BYTES bytes with the standard library and prints the status and the answer: post.py URL BYTES"""
import sys
import urllib.error
import urllib.request

try:
    with urllib.request.urlopen(sys.argv[1], bytes(int(sys.argv[2])), timeout=20) as answer:
        print(answer.status, answer.read().decode())
except urllib.error.HTTPError as refusal:
    print(refusal.code, refusal.read().decode())
