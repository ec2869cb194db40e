"""Checks real answers against the contract: validate.py OPENAPI_YAML ANSWERS

An answer is a line of JSON: path (as in the contract, or "elsewhere"), method, status, headers and body (in base64).
Prints what is wrong, and which answers of the contract nobody gave.
"""

import base64
import json
import sys

from contract import Contract, codes


def main(path, answers):
    contract = Contract(path)
    documented = {}
    for where, method, operation in contract.operations():
        for status, response in operation["responses"].items():
            documented[f"{method.upper()} {where} {status}"] = contract.resolve(response)
    elsewhere = contract.document["x-elsewhere"]
    met, faults = set(), []
    with open(answers, encoding="utf-8") as file:
        for answer in map(json.loads, file):
            name = f"{answer['method']} {answer['path']} {answer['status']}"
            if answer["path"] == "elsewhere":
                response = contract.resolve(elsewhere.get(str(answer["status"])))
            else:
                response = documented.get(name)
            met.add(name)
            faults += [f"{name}: {fault}" for fault in answer_faults(contract, answer, response)]
    print(json.dumps({"faults": faults, "unmet": sorted(set(documented) - met)}))


def answer_faults(contract, answer, response):
    if response is None:
        yield "not in the contract"
        return
    headers = {name.lower(): value for name, value in answer["headers"]}
    body = base64.b64decode(answer["body"])
    yield from header_faults(contract, headers, response)
    kind = headers.get("content-type", "").split(";")[0]
    if answer["method"] == "HEAD":
        if body and kind:
            yield "a body"
    elif not kind:
        if "libmicrohttpd" not in response["description"]:
            yield "no Content-Type"
    elif kind not in response.get("content", {}):
        yield f"content of type {kind}"
    elif kind == "application/json":
        yield from document_faults(contract, body, response, response["content"][kind]["schema"])


def header_faults(contract, headers, response):
    for name, header in response.get("headers", {}).items():
        header = contract.resolve(header)
        value = headers.get(name.lower())
        if value is None:
            if header.get("required"):
                yield f"no {name}"
            continue
        if contract.resolve(header["schema"]).get("type") == "integer" and value.isdigit():
            value = int(value)
        yield from (f"{name}: {fault}" for fault in contract.faults(value, header["schema"]))


def document_faults(contract, body, response, schema):
    if not body.endswith(b"}\n"):
        yield "no newline at the end"
    document = json.loads(body)
    yield from contract.faults(document, schema)
    code = document.get("error", {}).get("code")
    if code and code not in codes(response["description"]):
        yield f"code {code}"


main(*sys.argv[1:])
