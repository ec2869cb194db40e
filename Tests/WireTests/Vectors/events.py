"""Datagrams of topics whose format is cloudevents, with the message that each is."""
from __future__ import annotations

import json
from typing import Any, Dict, List, Optional

ID = "01a206a6-cacb-7fe6-aa46-003b0b0bfdb7"


def event(name: str, message: Optional[Dict[str, Any]], **members: Any) -> Dict[str, Any]:
    """An event with what it must have and `members`, of which None takes away."""
    given = {"specversion": "1.0", "id": "1", "source": "/shop", "type": "paid", **members}
    text = json.dumps({member: value for member, value in given.items() if value is not None}, ensure_ascii=False,
                      separators=(",", ":"))
    return {"name": name, "text": text, **({} if message is None else {"message": message})}


def written(name: str, message: Optional[Dict[str, Any]], members: str) -> Dict[str, Any]:
    """The same with members as they stand here, to the byte."""
    text = '{"specversion":"1.0","id":"1","source":"/shop","type":"paid",' + members + "}"
    return {"name": name, "text": text, **({} if message is None else {"message": message})}


def message(id: str = "1", topic: str = "", payload: str = "", **told: Any) -> Dict[str, Any]:
    attributes = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/shop", "ce-type": "paid"}
    attributes.update(told.pop("attributes", {}))
    return {"topic": topic, "epoch": 0, "sequence": 0, "id": id, **told, "attributes": attributes, "payload": payload}


def vectors() -> List[Dict[str, Any]]:
    numbered = {"sequence": "00000000000000000042", "headcastepoch": "1795400000000"}
    counted = {"epoch": 1_795_400_000_000, "sequence": 42}
    return [
        event("a publisher's event, numbered by a gateway", message(
            ID, "orders", "hi", **counted, publishedAt=1_795_400_000_123, attributes={
                "ce-time": "2026-11-23T02:00:00Z", "content-type": "text/plain", "ce-region": "eu"}),
            time="2026-11-23T02:00:00Z", datacontenttype="text/plain", **numbered, headcastid=ID,
            headcasttopic="orders", headcasttime="2026-11-23T02:13:20.123Z", region="eu", data="hi"),
        event("a message that was no event", message(
            ID, "orders", "hi", **counted, publishedAt=1_795_400_000_123, attributes={
                "ce-id": ID, "ce-source": "/topics/orders"}),
            time="2026-11-23T02:13:20.123Z", id=ID, source="/topics/orders", **numbered, data="hi"),
        event("a source that looks like a topic", message(ID, "orders", **counted, attributes={
            "ce-source": "/topics/other"}), source="/topics/other", **numbered, headcastid=ID, headcasttopic="orders"),
        event("no gateway sent it", message(sequence=3, attributes={
            "ce-source": "/topics/orders", "ce-sequence": "3", "ce-traceparent": "x", "ce-time": "now"}),
            time="now", source="/topics/orders", sequence="3", traceparent="x"),
        event("what a later gateway may add", message(ID, "orders", **counted),
              **numbered, headcastid=ID, headcasttopic="orders", headcastlater="x"),
        event("attributes that are no text", message(attributes={"ce-n": "5", "ce-yes": "true", "ce-no": "false"}),
              n=5, yes=True, no=False),
        event("data as JSON", message(payload='{"a":[1]}', attributes={"content-type": "application/json"}),
              datacontenttype="application/json", data={"a": [1]}),
        written("numbers and white space of JSON stay as they stand", message(
            payload='{"price": 12345678901234567.89,\n "b":1.10, "big":1e400}',
            attributes={"content-type": "application/json"}),
            '"datacontenttype":"application/json","data": {"price": 12345678901234567.89,\n "b":1.10, "big":1e400} '),
        written("members of JSON stay, one name twice", message(
            payload='{"k":1,"k":"\\u0032"}', attributes={"content-type": "application/json"}),
            '"data":{"k":1,"k":"\\u0032"},"datacontenttype":"application/json"'),
        written("text as JSON", message(payload='"h\\u0069"', attributes={"content-type": "text/json"}),
                '"data":"h\\u0069","datacontenttype":"text/json"'),
        written("no data", message(attributes={"content-type": "application/json"}),
                '"datacontenttype":"application/json"'),
        written("data that is null", message(payload="null", attributes={"content-type": "application/json"}),
                '"datacontenttype":"application/json","data":null'),
        written("data that is no JSON", None, '"datacontenttype":"application/json","data":NaN'),
        written("an id twice", None, '"id":"2"'),
        {**written("white space around it", message(payload="hi"), '"data":"hi"'),
         "text": ' \n{"specversion":"1.0","id":"1","source":"/shop","type":"paid","data":"hi"}\r\n\t'},
        event("data as base64", message(payload="größer"), data_base64="Z3LDtsOfZXI="),
        event("another version", None, specversion="0.3"),
        event("no type", None, type=None),
        event("an empty source", None, source=""),
        event("an id that is no text", None, id=1),
        event("an attribute that is an object", None, region={}),
        event("a sequence that is an object", None, **{**numbered, "sequence": {}}),
        event("an attribute with a name that cannot be", None, Region="eu"),
        event("data twice", None, data="", data_base64=""),
    ]
