"""openapi.yaml, read so that values can be checked against its schemas."""

import re

import jsonschema
import yaml

METHODS = ["get", "head", "post"]


class Loader(yaml.SafeLoader):
    """YAML 1.2 as OpenAPI has it, where a time is a string."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class Contract:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.document = yaml.load(file, Loader)

    def resolve(self, value):
        """What a reference leads to; the value itself if it is none."""
        while isinstance(value, dict) and "$ref" in value:
            reference, value = value["$ref"], self.document
            for name in reference.removeprefix("#/").split("/"):
                value = value[name.replace("~1", "/").replace("~0", "~")]
        return value

    def faults(self, value, schema):
        """What is wrong with a value, in words; formats count."""
        # References begin at the root, so the components have to be there.
        rooted = {**schema, "components": self.document["components"]}
        kind = jsonschema.Draft202012Validator
        validator = kind(rooted, format_checker=kind.FORMAT_CHECKER)
        return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in validator.iter_errors(value)]

    def operations(self):
        """Path, method and operation of each."""
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    yield path, method, item[method]


def examples(media):
    """The examples of a media type, a parameter or a header, by name."""
    if "example" in media:
        yield "", media["example"]
    for name, example in media.get("examples", {}).items():
        yield name, example["value"]


def codes(text):
    """The error codes that a description names."""
    return set(re.findall(r"`([a-z]+_[a-z_]+|unresolved|overloaded|draining|diverged)`", text))
