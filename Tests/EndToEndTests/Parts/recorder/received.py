"""What subscribers printed, `headcast subscribe --output json`, each into one of the files named: counted as one line."""

import json
import sys

messages = 0
repeated = 0
ids = set()
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        own = [json.loads(line)["id"] for line in file if line.endswith(b"\n")]
    messages += len(own)
    repeated += len(own) - len(set(own))
    ids.update(own)
print(json.dumps({"messages": messages, "repeated": repeated, "ids": len(ids)}))
