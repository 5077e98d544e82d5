#!/usr/bin/env python3
"""Checks documents against schemas/, with validators that share no code with the worker.

  validate.py examples         every schemas/examples/*.json: invalid-* must fail, the others must pass
  validate.py replies FILE     JSON lines (- is standard input): every line must be a reply
  validate.py requests FILE    JSON lines: every line must be a request
  validate.py verdicts FILE    JSON lines: prints for every line whether it is a request, `valid` or `invalid`
  validate.py topics BROKERS TOPIC...
                               every committed record of these topics must be a reply, its headers too

Needs Tests/requirements.txt; `Tests/python.sh Tests/validate.py ...` takes care of that.
Ends with 0 if all is as it must be, 1 if not, 2 if it was called wrongly.
"""

import collections
import json
import pathlib
import sys

import jsonschema
import jsonschema_rs

import asyncapi

SCHEMAS = asyncapi.SCHEMAS
REPORTED_LINES = 10


class Schema:
    """One schema file, with `format` as an assertion. Of two validators one is fast, the other tells what is wrong."""

    def __init__(self, name):
        self.document = json.loads((SCHEMAS / f"{name}.v1.schema.json").read_text("utf-8"))
        jsonschema.Draft202012Validator.check_schema(self.document)
        checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
        if "date-time" not in checker.checkers:
            raise SystemExit("validate.py: date-time is not checked; install Tests/requirements.txt")
        self.validator = jsonschema.Draft202012Validator(self.document, format_checker=checker)
        self.fast_validator = jsonschema_rs.Draft202012Validator(self.document, validate_formats=True)

    def faults(self, document):
        return [] if self.fast_validator.is_valid(document) else self.told_faults(document)

    def told_faults(self, document):
        faults = sorted(self.validator.iter_errors(document), key=lambda fault: list(map(str, fault.absolute_path)))
        if self.fast_validator.is_valid(document) == bool(faults):
            raise SystemExit(f"validate.py: the validators disagree about {json.dumps(document)}")
        return faults

    def known_kinds(self):
        """The error kinds that the reply schema names."""
        alternatives = self.document["$defs"]["error"]["properties"]["kind"]["anyOf"]
        return {alternative["const"] for alternative in alternatives if "const" in alternative}


def refuse_constant(text):
    raise ValueError(f"{text} is no JSON number")


def refuse_repeated_keys(pairs):
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a field is given twice")
    return document


def parse(text):
    """JSON as the standard has it: no NaN, no field twice, no half of a character."""
    document = json.loads(text, parse_constant=refuse_constant, object_pairs_hook=refuse_repeated_keys)
    if "\\ud" in text.lower():
        # Fails for a surrogate without its other half.
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    return document


def describe(fault):
    shown = fault.message if len(fault.message) <= 300 else fault.message[:297] + "..."
    return f"{fault.json_path}: {shown}"


def check_example(path, schemas):
    """What is wrong with one example file, as a list of sentences."""
    words = path.stem.split("-")
    must_fail = words[0] == "invalid"
    schema = schemas.get(words[1] if must_fail else words[0])
    if schema is None:
        return ["the name must begin with request-, reply- or credential-, or with invalid- and one of these"]
    faults = schema.told_faults(parse(path.read_text("utf-8")))
    if not must_fail:
        return [describe(fault) for fault in faults]
    if not faults:
        return ["passes, and must not"]
    # Faults in several places mean that the file fails by accident too, and proves nothing about what its name says.
    if len({fault.json_path for fault in faults}) > 1:
        return ["fails in more than one place: " + "; ".join(map(describe, faults))]
    return []


def check_examples():
    schemas = {
        "request": Schema("query-request"),
        "reply": Schema("query-reply"),
        "credential": Schema("credential-record"),
    }
    paths = sorted((SCHEMAS / "examples").glob("*.json"))
    problems = [f"{path.name}: {problem}" for path in paths for problem in check_example(path, schemas)]
    replies = [parse(path.read_text("utf-8")) for path in paths if path.name.startswith("reply-")]
    shown_kinds = {reply["error"]["kind"] for reply in replies if "error" in reply}
    for kind in sorted(schemas["reply"].known_kinds() - shown_kinds):
        problems.append(f"no example of a reply with error.kind {kind}")
    for problem in problems:
        print(problem, file=sys.stderr)
    invalid = sum(path.name.startswith("invalid-") for path in paths)
    print(f"{len(paths) - invalid} valid and {invalid} invalid examples, {len(problems)} problems")
    return not problems and bool(paths)


def kind_of(reply):
    return reply["outcome"] + (" " + reply["error"]["kind"] if "error" in reply else "")


def operation_of(request):
    return request.get("operation", "applycodequery")


def check_lines(schema, lines, class_of, noun):
    """Validates JSON lines and prints how many there are of each class."""
    counts = collections.Counter()
    bad = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            document = parse(line.decode("utf-8"))
            problems = [describe(fault) for fault in schema.faults(document)]
        except ValueError as error:
            problems = [f"not JSON: {error}"]
        if not problems:
            counts[class_of(document)] += 1
            continue
        bad += 1
        if bad <= REPORTED_LINES:
            print(f"line {number}: {'; '.join(problems)}", file=sys.stderr)
    print(f"{counts.total()} valid {noun}, {bad} invalid")
    for name, count in sorted(counts.items()):
        print(f"  {count:7} {name}")
    if not counts and not bad:
        print(f"no {noun} at all", file=sys.stderr)
    return bad == 0 and bool(counts)


def check_file(name, schema, class_of, noun):
    if name == "-":
        return check_lines(schema, sys.stdin.buffer, class_of, noun)
    try:
        with open(name, "rb") as file:
            return check_lines(schema, file, class_of, noun)
    except OSError as error:
        print(f"{name}: {error.strerror}", file=sys.stderr)
        return False


def print_verdicts(schema, name):
    """For those who compare the schema with another judge."""
    for line in pathlib.Path(name).read_bytes().splitlines():
        try:
            print("invalid" if schema.told_faults(parse(line.decode("utf-8"))) else "valid")
        except ValueError:
            print("invalid")


def committed_records(brokers, topics):
    """All records of the topics that a reader with read_committed sees; topics that are gone have none."""
    import confluent_kafka as kafka

    consumer = kafka.Consumer(
        {
            "bootstrap.servers": brokers,
            "group.id": "validate",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "isolation.level": "read_committed",
        }
    )
    known = consumer.list_topics(timeout=30).topics
    partitions = [
        kafka.TopicPartition(topic, partition, kafka.OFFSET_BEGINNING)
        for topic in topics
        if topic in known
        for partition in known[topic].partitions
    ]
    consumer.assign(partitions)
    unread = {(partition.topic, partition.partition) for partition in partitions}
    while unread:
        record = consumer.poll(60)
        if record is None:
            raise SystemExit(f"validate.py: nothing comes from {sorted(unread)}")
        if record.error() is None:
            yield record
        elif record.error().code() == kafka.KafkaError._PARTITION_EOF:
            unread.discard((record.topic(), record.partition()))
        else:
            raise SystemExit(f"validate.py: {record.error()}")
    consumer.close()


def check_topics(brokers, topics):
    """Validates what lies on reply topics, read and judged by nothing of ours."""
    schema, headers = Schema("query-reply"), asyncapi.Headers("reply")
    counts = collections.Counter()
    for record in committed_records(brokers, topics):
        try:
            problems = [describe(fault) for fault in schema.faults(parse((record.value() or b"").decode("utf-8")))]
        except ValueError as error:
            problems = [f"not JSON: {error}"]
        problems += headers.faults(record.headers() or [])
        counts["invalid" if problems else "valid"] += 1
        if problems and counts["invalid"] <= REPORTED_LINES:
            place = f"{record.topic()}/{record.partition()}/{record.offset()}"
            print(f"{place}: {'; '.join(problems)}", file=sys.stderr)
    print(f"{counts['valid']} valid replies on {len(topics)} topics, {counts['invalid']} invalid")
    return counts["invalid"] == 0


def main(arguments):
    match arguments:
        case ["examples"]:
            passed = check_examples()
        case ["replies", name]:
            passed = check_file(name, Schema("query-reply"), kind_of, "replies")
        case ["requests", name]:
            passed = check_file(name, Schema("query-request"), operation_of, "requests")
        case ["verdicts", name]:
            print_verdicts(Schema("query-request"), name)
            passed = True
        case ["topics", brokers, *topics] if topics:
            passed = check_topics(brokers, topics)
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
