"""Uses a client that was generated from openapi.yaml: client.py DIRECTORY_OF_PACKAGE GATEWAY_URL"""

import io
import json
import sys
import uuid

sys.path.insert(0, sys.argv[1])

from headcast_client import Client  # noqa: E402
from headcast_client.api.publish import publish  # noqa: E402
from headcast_client.api.status import get_message, get_status, list_subscribers  # noqa: E402
from headcast_client.types import File  # noqa: E402

client = Client(base_url=sys.argv[2], raise_on_unexpected_status=True)

receipt = publish.sync("orders", client=client, body=File(payload=io.BytesIO(b"hello")), copies=2, spacing="5ms")
status = get_status.sync(client=client, topic="orders")
message = get_message.sync(receipt.id, client=client)
subscribers = list_subscribers.sync("orders", client=client, limit=10)
unknown = get_message.sync_detailed(uuid.UUID("01890000-0000-7000-8000-000000000000"), client=client)

print(
    json.dumps(
        {
            "payloadBytes": receipt.payload_bytes,
            "copies": receipt.copies,
            "published": receipt.published_at.year > 2000,
            "topic": status.topics[0].topic,
            "messages": status.topics[0].counters.messages,
            "message": message.id == receipt.id,
            "endpoints": [outcome.endpoint for outcome in message.endpoints],
            "states": [subscriber.state.value for subscriber in subscribers.items],
            "unknownStatus": int(unknown.status_code),
            "unknownCode": unknown.parsed.error.code.value,
            "unknownGateway": unknown.parsed.error.gateway,
        }
    )
)
