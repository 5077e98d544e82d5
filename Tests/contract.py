#!/usr/bin/env python3
"""Checks that the contract is told once: schemas, examples, asyncapi.yaml and README.md say the same.

  contract.py             checks all of it; the schemas' examples are the task of `validate.py examples`
  contract.py headers     prints the names of headers that asyncapi.yaml has, as JSON, by message

That the worker itself agrees is checked by Tests/QueryWorkerTests/ContractTests.swift, against the same files.
Needs Tests/requirements.txt; `Tests/python.sh Tests/contract.py` takes care of that.
"""

import json
import pathlib
import re
import sys
import warnings

import jsonschema
import referencing.exceptions

import asyncapi
import validate

README = (pathlib.Path(__file__).resolve().parent.parent / "README.md").read_text("utf-8")
EXAMPLES = asyncapi.SCHEMAS / "examples"
MESSAGES = ("job", "reply", "deadLetter")


def table(first_column):
    """The rows of README's table whose head begins with that column, as lists of cells."""
    lines = README.splitlines()
    heads = [number for number, line in enumerate(lines) if line.startswith(f"| {first_column} |")]
    if len(heads) != 1:
        raise SystemExit(f"contract.py: README.md has {len(heads)} tables that begin with `{first_column}`")
    rows = []
    for line in lines[heads[0] + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return rows


def names(cell):
    """What stands in backticks. `-x` behind `kafka_dlt-original-partition` is short for `kafka_dlt-original-x`."""
    found = re.findall(r"`([^`]+)`", cell)
    return [found[0].rsplit("-", 1)[0] + name if name.startswith("-") else name for name in found]


def differ(left, its_names, right, other_names):
    """Sentences about the names that only one of two lists has."""
    for name in sorted(set(its_names) - set(other_names)):
        yield f"{left} has {name}, {right} has not"
    for name in sorted(set(other_names) - set(its_names)):
        yield f"{right} has {name}, {left} has not"


def example(path):
    return validate.parse(path.read_text("utf-8"))


def check_fields():
    """The fields of job and reply: README's tables against the schemas."""
    request = validate.Schema("query-request").document
    rows = {names(row[0])[0]: row for row in table("field of a job")}
    yield from differ("README.md's table of a job's fields", rows, "query-request.v1", request["properties"])
    marked = {name for name, row in rows.items() if row[2] == "required"}
    yield from differ("README.md's required fields of a job", marked, "query-request.v1's", request["required"])

    reply = validate.Schema("query-reply").document
    fields = dict(reply["properties"])
    for part in ("result", "error"):
        fields |= {f"{part}.{name}": shape for name, shape in reply["$defs"][part]["properties"].items()}
    del fields["result"], fields["error"]
    told = [name for row in table("field of a reply") for name in names(row[0])]
    yield from differ("README.md's table of a reply's fields", told, "query-reply.v1", fields)

    told = [name for row in table("field of a credential record") for name in names(row[0])]
    fields = validate.Schema("credential-record").document["properties"]
    yield from differ("README.md's table of a credential record's fields", told, "credential-record.v1", fields)


def check_kinds():
    """The error kinds: README's table against the schema, and its `retryable` against the examples."""
    kinds = validate.Schema("query-reply").known_kinds()
    rows = {names(row[0])[0]: row for row in table("`error.kind`")}
    yield from differ("README.md's table of kinds", rows, "query-reply.v1", kinds)
    for path in sorted(EXAMPLES.glob("reply-failed-*.json")):
        error = example(path)["error"]
        if error["kind"] in rows and rows[error["kind"]][3].split(";")[0] != ("yes" if error["retryable"] else "no"):
            yield f"README.md says otherwise than {path.name} whether {error['kind']} is retryable"


def check_headers():
    """Headers: README's tables against asyncapi.yaml."""
    for message, first_column in zip(MESSAGES, ("header of a job", "header of a reply", "header of a dead letter")):
        told = [name for row in table(first_column) for name in names(row[0])]
        yield from differ(f"README.md's `{first_column}`", told, "asyncapi.yaml", asyncapi.header_names(message))


def check_readme_json():
    """Jobs and replies that README.md shows are valid."""
    schemas = {True: validate.Schema("query-reply"), False: validate.Schema("query-request")}
    blocks = re.findall(r"```json\n(.*?)```", README, re.DOTALL)
    if len(blocks) < 3:
        yield "README.md shows no job and its replies any more"
    for block in blocks:
        document = validate.parse(block)
        for fault in schemas["schema" in document].faults(document):
            yield f"README.md's {block.splitlines()[0][:40]}: {validate.describe(fault)}"


def references(node):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from references(child)


def check_structure():
    """asyncapi.yaml is AsyncAPI 3.0 by another one's model of it, and its `$ref`s lead somewhere."""
    with warnings.catch_warnings():
        # pydantic's, about names of fields in that library.
        warnings.simplefilter("ignore", UserWarning)
        from asyncapi3.models.asyncapi import AsyncAPI3
        from pydantic import ValidationError
    try:
        AsyncAPI3.model_validate(asyncapi.DOCUMENT)
    except ValidationError as error:
        yield from (f"asyncapi.yaml: {'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
    for reference in sorted(set(references(asyncapi.DOCUMENT))):
        try:
            asyncapi.resolve(reference)
        except (referencing.exceptions.Unresolvable, OSError) as error:
            yield f"asyncapi.yaml: {reference} leads nowhere: {error}"


def check_addresses():
    """Topics are called as README's table of the configuration has them by default."""
    defaults = {names(row[0])[0]: names(row[1])[0] for row in table("key | default | meaning") if names(row[1])}
    topics = {"jobs": defaults["jobs.topic"], "replies": defaults["replies.topic"], "repliesElsewhere": None}
    topics["deadLetters"] = defaults["deadletter.topic"].replace("<jobs.topic>", defaults["jobs.topic"])
    topics["credentials"] = defaults["credentials.topic"].replace("<kafka.group.id>", defaults["kafka.group.id"])
    for channel, topic in topics.items():
        if asyncapi.DOCUMENT["channels"][channel]["address"] != topic:
            yield f"asyncapi.yaml's channel {channel} is not {topic}"
    for name, operation in asyncapi.DOCUMENT["operations"].items():
        group = operation.get("bindings", {}).get("kafka", {}).get("groupId", {}).get("default")
        if operation["channel"]["$ref"] == "#/channels/credentials":
            if group:
                yield f"asyncapi.yaml's operation {name} has a group, and credentials are read without one"
        elif operation["action"] == "receive" and group != defaults["kafka.group.id"]:
            yield f"asyncapi.yaml's operation {name} has the group {group}, not {defaults['kafka.group.id']}"


def check_messages():
    """A message's examples are those of schemas/examples, and fit its payload and headers as a generator reads them."""
    for message in (*MESSAGES, "credential"):
        names_of_headers = asyncapi.header_names(message) if message in MESSAGES else set()
        root = f"#/components/messages/{message}"
        shown = asyncapi.resolve(root)["examples"]
        if not shown:
            yield f"asyncapi.yaml shows no example of {message}"
        for one in shown:
            faults = list(asyncapi.validator(f"{root}/payload").iter_errors(one["payload"]))
            if "headers" in one:
                faults += asyncapi.validator(f"{root}/headers").iter_errors(one["headers"])
            yield from (f"asyncapi.yaml's example {one['name']}: {validate.describe(fault)}" for fault in faults)
            unknown = set(one.get("headers", {})) - names_of_headers
            yield from (f"asyncapi.yaml's example {one['name']}: no header is called {name}" for name in unknown)
            path = EXAMPLES / f"{one['name']}.json"
            if message != "deadLetter" and example(path) != one["payload"]:
                yield f"asyncapi.yaml's example {one['name']} is not {path.name}"


def check_generators():
    """Every example means the same to a generator that knows no later draft of JSON Schema than AsyncAPI does."""
    payloads = (
        ("request", "query-request", "job"),
        ("reply", "query-reply", "reply"),
        ("credential", "credential-record", "credential"),
    )
    for kind, schema, message in payloads:
        validator = asyncapi.validator(f"#/components/messages/{message}/payload")
        document = {**validate.Schema(schema).document}
        del document["$schema"]
        of_draft_7 = jsonschema.Draft7Validator(document, format_checker=validator.format_checker)
        for path in sorted(EXAMPLES.glob(f"*{kind}-*.json")):
            for reading in (validator, of_draft_7):
                if reading.is_valid(example(path)) == path.name.startswith("invalid-"):
                    yield f"{path.name} means something else to asyncapi.yaml's reader"


# The first finds what the others stumble over.
CHECKS = (
    check_structure,
    check_fields,
    check_kinds,
    check_headers,
    check_readme_json,
    check_addresses,
    check_messages,
    check_generators,
)


def main(arguments):
    if arguments == ["headers"]:
        print(json.dumps({message: sorted(asyncapi.header_names(message)) for message in MESSAGES}))
        return 0
    if arguments:
        print(__doc__, file=sys.stderr)
        return 2
    problems = list(CHECKS[0]())
    for check in () if problems else CHECKS[1:]:
        problems += check()
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{len(problems)} disagreements in the contract")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
