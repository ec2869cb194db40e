"""What a YAML parser and the schemas of Kubernetes know: manifests.py json FILE | manifests.py validate FILE

json prints the documents of a YAML file as one JSON list, a line.
validate checks such a list against every release that has schemas here and prints each fault as a line.
"""
import json
import sys

import kubernetes_validate
import yaml

# The oldest release whose schemas the package has.
OLDEST = 25


def releases():
    newest = int(kubernetes_validate.latest_version().split(".")[1])
    return [f"1.{minor}" for minor in range(OLDEST, newest + 1)]


def faults(document, release):
    try:
        kubernetes_validate.validate(document, release, strict=True)
    except kubernetes_validate.ValidationError as error:
        path = ".".join(str(step) for step in error.path)
        yield f"{release} {document['kind']} {path}: {error.message}"
    except kubernetes_validate.SchemaNotFoundError as error:
        yield f"{release} {document['kind']}: {error}"


verb, path = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    if verb == "json":
        print(json.dumps(list(yaml.safe_load_all(file))))
    else:
        documents = json.load(file)
        print("releases", *releases())
        for release in releases():
            for document in documents:
                for fault in faults(document, release):
                    print(fault)
