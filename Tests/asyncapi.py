"""schemas/asyncapi.yaml as tests need it: parsed, and with its `$ref`s followed."""

import json
import pathlib
import urllib.parse

import jsonschema
import jsonschema_rs
import referencing
import referencing.jsonschema
import yaml

SCHEMAS = pathlib.Path(__file__).resolve().parent.parent / "schemas"
URI = (SCHEMAS / "asyncapi.yaml").as_uri()


def retrieve(uri):
    """A document of schemas/, for what refers to it."""
    path = pathlib.Path(urllib.parse.unquote(urllib.parse.urlparse(uri).path))
    text = path.read_text("utf-8")
    document = yaml.safe_load(text) if path.suffix == ".yaml" else json.loads(text)
    # AsyncAPI's own schemas are a superset of draft 7; ours name their draft.
    return referencing.Resource.from_contents(document, default_specification=referencing.jsonschema.DRAFT7)


REGISTRY = referencing.Registry(retrieve=retrieve)
DOCUMENT = retrieve(URI).contents


def resolve(reference):
    """What a `$ref` of the document names; raises referencing.exceptions.Unresolvable if that is nothing."""
    return REGISTRY.resolver(base_uri=URI).lookup(reference).contents


def validator(part):
    """For `#/components/...`: the payload or the headers of a message, as a generator of clients would read them."""
    return jsonschema.Draft7Validator(
        {"$ref": URI + part}, registry=REGISTRY, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


def header_names(message):
    return set(resolve(f"#/components/schemas/{message}Headers")["properties"])


class Headers:
    """The headers of one kind of message: `job`, `reply` or `deadLetter`."""

    def __init__(self, message):
        self.names = header_names(message)
        schema = resolve(f"#/components/schemas/{message}Headers")
        shapes = {
            name: resolve(shape["$ref"]) if "$ref" in shape else shape for name, shape in schema["properties"].items()
        }
        self.binary = {name for name, shape in shapes.items() if shape.get("format") == "binary"}
        self.validator = jsonschema_rs.Draft7Validator({**schema, "properties": shapes}, validate_formats=True)

    def faults(self, headers):
        """What is wrong with a record's headers, pairs of a name and bytes or None, as a list of sentences."""
        problems = [f"header {name} is none that asyncapi.yaml names" for name, _ in headers if name not in self.names]
        try:
            shown = {name: self.text(name, value) for name, value in headers}
        except UnicodeDecodeError:
            return problems + ["a header that is no UTF-8"]
        return problems + [f"headers: {fault.message}" for fault in self.validator.iter_errors(shown)]

    def text(self, name, value):
        """A value as the schema sees it."""
        return None if value is None else value.decode("latin-1" if name in self.binary else "utf-8")
