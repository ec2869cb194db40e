"""Checks openapi.yaml in itself and prints what is wrong with it: check.py OPENAPI_YAML"""

import json
import sys

import openapi_spec_validator
from contract import Contract, codes, examples


def main(path):
    contract = Contract(path)
    faults = [f"not OpenAPI 3.1: {error.message}" for error in spec_errors(contract)]
    faults += [fault for where, part in parts(contract.document) for fault in example_faults(contract, where, part)]
    faults += unused(contract)
    faults += codes_without_example(contract)
    print("\n".join(faults), end="")
    return 1 if faults else 0


def spec_errors(contract):
    return openapi_spec_validator.OpenAPIV31SpecValidator(contract.document).iter_errors()


def parts(value, where=""):
    """Every object of the document with its place, properties that happen to be called `example` aside."""
    if isinstance(value, dict):
        yield where, value
        for name, member in value.items():
            if name not in ("example", "examples"):
                yield from parts(member, f"{where}/{name}")
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from parts(member, f"{where}/{index}")


def example_faults(contract, where, part):
    """Examples that do not fit, and JSON documents and parameters without one."""
    if where.endswith("/properties") or "schema" not in part:
        return
    found = list(examples(part))
    if not found and where.endswith("/application/json"):
        yield f"{where}: no example"
    for name, example in found:
        for fault in contract.faults(example, part["schema"]):
            yield f"{where}/{name}: {fault}"


def unused(contract):
    text = json.dumps(contract.document)
    for kind, components in contract.document["components"].items():
        for name in components:
            if f'"#/components/{kind}/{name}"' not in text:
                yield f"#/components/{kind}/{name}: nothing refers to it"


def codes_without_example(contract):
    """An error code stands in the list, in the description of an answer and in an example of it, or nowhere."""
    listed = set(contract.document["components"]["schemas"]["ErrorCode"]["enum"])
    shown = set()
    for name, response in contract.document["components"]["responses"].items():
        media = response.get("content", {}).get("application/json", {})
        if media.get("schema", {}).get("$ref", "").endswith("/Error"):
            here = {example["error"]["code"] for _, example in examples(media)}
            for code in here ^ codes(response["description"]):
                yield f"#/components/responses/{name}: {code} is in the description or in an example, not in both"
            shown |= here
        elif media.get("schema", {}).get("$ref", "").endswith("/Results"):
            results = [result for _, example in examples(media) for result in example["results"]]
            shown |= {result["error"]["code"] for result in results if "error" in result}
    for code in listed - shown:
        yield f"{code}: no answer has it"


sys.exit(main(sys.argv[1]))
