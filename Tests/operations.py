#!/usr/bin/env python3
"""Checks what operates the worker: alerts, dashboard, compose.yaml, Kubernetes' manifests, and README.md about them.

  operations.py                      checks the files, against each other and against the schemas of what reads them
  operations.py metrics EXECUTABLE   starts that worker, without brokers, and checks that it has every metric they name

Alerts and queries are judged by promtool, which Docker/setup.sh --tests installs.
Needs Tests/requirements.txt; `Tests/python.sh Tests/operations.py` takes care of that.
"""

import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import check_jsonschema
import jsonschema
import kubernetes_validate
import yaml

from contract import README, differ, names, table

TOP = pathlib.Path(__file__).resolve().parent.parent
DOCKER = TOP / "Docker"
ALERTS = DOCKER / "prometheus" / "alerts.yaml"
ALERT_TESTS = DOCKER / "prometheus" / "alerts.test.yaml"
DASHBOARD = DOCKER / "grafana" / "dashboards" / "query-worker.json"
MANIFESTS = DOCKER / "kubernetes"

METRIC = re.compile(r"\b(?:query_worker|messaging|http_client|process)_[a-z_]+\b")
# Labels, and what else is written like a metric but is none.
NO_METRIC = re.compile(r"messaging_(system|operation_name|destination_name|consumer_group_name)$|query_worker_$")

# The part of KEDA's ScaledObject that is of use here, with the keys of its kafka trigger. Its own schema lets any pass.
SCALED_OBJECT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["apiVersion", "kind", "metadata", "spec"],
    "properties": {
        "apiVersion": {"const": "keda.sh/v1alpha1"},
        "kind": {"const": "ScaledObject"},
        "metadata": {"type": "object"},
        "spec": {
            "type": "object",
            "additionalProperties": False,
            "required": ["scaleTargetRef", "triggers"],
            "properties": {
                "scaleTargetRef": {"type": "object", "required": ["name"]},
                "pollingInterval": {"type": "integer"},
                "minReplicaCount": {"type": "integer"},
                "maxReplicaCount": {"type": "integer"},
                "fallback": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["failureThreshold", "replicas"],
                    "properties": {
                        "failureThreshold": {"type": "integer"},
                        "replicas": {"type": "integer"},
                        "behavior": {
                            "enum": ["static", "currentReplicas", "currentReplicasIfHigher", "currentReplicasIfLower"]
                        },
                    },
                },
                "advanced": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "horizontalPodAutoscalerConfig": {
                            "type": "object",
                            "additionalProperties": False,
                            "properties": {"behavior": {"type": "object"}},
                        }
                    },
                },
                "triggers": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["type", "metadata"],
                        "properties": {
                            "type": {"const": "kafka"},
                            "metricType": {"enum": ["AverageValue", "Value"]},
                            "metadata": {
                                "type": "object",
                                "additionalProperties": False,
                                "required": ["bootstrapServers", "consumerGroup", "topic"],
                                "properties": {
                                    "bootstrapServers": {"type": "string"},
                                    "consumerGroup": {"type": "string"},
                                    "topic": {"type": "string"},
                                    "lagThreshold": {"type": "string", "pattern": "^[0-9]+$"},
                                    "offsetResetPolicy": {"enum": ["earliest", "latest"]},
                                    "excludePersistentLag": {"enum": ["true", "false"]},
                                    "limitToPartitionsWithLag": {"enum": ["true", "false"]},
                                    "allowIdleConsumers": {"enum": ["true", "false"]},
                                    "version": {"type": "string"},
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


def load(path):
    return yaml.safe_load(path.read_text("utf-8"))


def alerts():
    return [rule for group in load(ALERTS)["groups"] for rule in group["rules"]]


def queries():
    """The dashboard's queries, each with the title of what it draws, and what its lines are called."""
    document = json.loads(DASHBOARD.read_text("utf-8"))
    for panel in document["panels"]:
        yield from ((panel["title"], one["expr"], one["legendFormat"]) for one in panel.get("targets", ()))
    yield from ((one["name"], one["expr"], one["titleFormat"]) for one in document["annotations"]["list"])


def promtool(*arguments):
    """What promtool has against it, if it has."""
    run = subprocess.run(["promtool", *map(str, arguments)], capture_output=True, text=True)
    if run.returncode != 0:
        yield f"promtool {' '.join(map(str, arguments))}:\n{run.stdout}{run.stderr}"


def check_alerts():
    """They are valid, they fire when they should and only then, and each says what to do."""
    yield from promtool("check", "config", DOCKER / "prometheus" / "prometheus.yaml")
    yield from promtool("test", "rules", ALERT_TESTS)
    kinds = {names(row[0])[0] for row in table("`error.kind`")}
    for rule in alerts():
        for kind in re.findall(r'error_type[!=]~"([^"]+)"', rule["expr"]):
            yield from (f"{rule['alert']} names {one}, which is no kind" for one in kind.split("|") if one not in kinds)
        if set(rule.get("annotations", ())) != {"summary", "description", "runbook"}:
            yield f"{rule['alert']} needs the annotations summary, description and runbook, and no others"
        elif rule["annotations"]["runbook"] != "README.md#alerts":
            yield f"{rule['alert']}'s runbook is not README.md's section"
        if rule["labels"].get("severity") not in ("critical", "warning"):
            yield f"{rule['alert']} has no severity"


def check_alerts_are_tried():
    """Each alert has a moment in alerts.test.yaml when it is silent, and one when it fires."""
    tried = [one for test in load(ALERT_TESTS)["tests"] for one in test.get("alert_rule_test", ())]
    for what, wanted in (("fires", True), ("is silent", False)):
        seen = {one["alertname"] for one in tried if bool(one["exp_alerts"]) == wanted}
        called = f"alerts.test.yaml, as one that {what},"
        yield from differ("alerts.yaml", {rule["alert"] for rule in alerts()}, called, seen)


def check_runbook():
    """README.md's section has a line for each alert."""
    if "\n## Alerts\n" not in README:
        yield "README.md has no section Alerts"
        return
    rows = {names(row[0])[0] for row in table("alert")}
    yield from differ("README.md's table of alerts", rows, "alerts.yaml", {rule["alert"] for rule in alerts()})


def check_dashboard():
    """Its queries are such, its panels have names of their own and do not overlap, and it finds its data source."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as rules:
        # promtool reads queries in rules only. What Grafana would fill in is filled in.
        filled = [re.sub(r"\$__(rate_)?interval", "1m", expr.replace("$instance", ".*")) for _, expr, _ in queries()]
        records = [{"record": f"query_{number}", "expr": expr} for number, expr in enumerate(filled)]
        json.dump({"groups": [{"name": "dashboard", "rules": records}]}, rules)
        rules.flush()
        yield from promtool("check", "rules", rules.name)
    document = json.loads(DASHBOARD.read_text("utf-8"))
    panels = document["panels"]
    sources = {one["uid"] for one in load(DOCKER / "grafana/provisioning/datasources/prometheus.yaml")["datasources"]}
    taken = set()
    for panel in panels:
        place = panel["gridPos"]
        columns = range(place["x"], place["x"] + place["w"])
        cells = {(x, y) for x in columns for y in range(place["y"], place["y"] + place["h"])}
        if cells & taken or columns.stop > 24:
            yield f"dashboard: {panel['title']} lies over another panel, or beside the grid"
        taken |= cells
        if panel["type"] != "row" and not panel.get("description"):
            yield f"dashboard: {panel['title']} has no description"
        if panel["type"] != "row" and {panel["datasource"]["uid"]} - sources:
            yield f"dashboard: {panel['title']} has no data source that is provisioned"
    for attribute in ("id", "title"):
        if len({panel[attribute] for panel in panels}) != len(panels):
            yield f"dashboard: two panels have the same {attribute}"
    for title, expr, _ in queries():
        if METRIC.search(expr) and "$instance" not in expr:
            yield f"dashboard: {title} does not heed the choice of workers"


def check_compose():
    """compose.yaml is valid, open to this machine only, pins what it does not build, and runs the tests' Kafka."""
    schemas = pathlib.Path(check_jsonschema.__file__).parent / "builtin_schemas" / "vendor"
    schema = json.loads((schemas / "compose-spec.json").read_text("utf-8"))
    document = load(DOCKER / "compose.yaml")
    for fault in jsonschema.Draft202012Validator(schema).iter_errors(document):
        yield f"compose.yaml: {'.'.join(map(str, fault.path))}: {fault.message}"
    kafka = re.search(r"^kafka_version=(.*)$", (TOP / "Tests/kafka.sh").read_text("utf-8"), re.MULTILINE)[1]
    for name, service in document["services"].items():
        for port in service.get("ports", ()):
            if not port.startswith("127.0.0.1:"):
                yield f"compose.yaml: {name} opens {port} to the network"
        image = service["image"]
        if image != "query-worker" and not re.search(r":v?\d+\.\d+\.\d+$", image):
            yield f"compose.yaml: {name} does not say which {image}"
        if image.startswith("apache/kafka:") and image != f"apache/kafka:{kafka}":
            yield f"compose.yaml: {name} is not Kafka {kafka}, as in Tests/kafka.sh"
        for other, condition in service.get("depends_on", {}).items():
            waits_for_health = condition["condition"] == "service_healthy"
            if waits_for_health and other != "worker" and "healthcheck" not in document["services"][other]:
                yield f"compose.yaml: {name} waits for the health of {other}, which has no check"


def check_kubernetes():
    """The manifests are valid, name each other rightly, and give a worker the time and the memory that it needs."""
    for path in sorted(MANIFESTS.glob("*.yaml")):
        document = load(path)
        if document["kind"] == "ScaledObject":
            faults = jsonschema.Draft202012Validator(SCALED_OBJECT).iter_errors(document)
            yield from (f"{path.name}: {'.'.join(map(str, fault.path))}: {fault.message}" for fault in faults)
        elif document["kind"] != "Kustomization":
            try:
                kubernetes_validate.validate(document, "1.37", strict=True)
            except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError) as fault:
                yield f"{path.name}: {fault}"

    kustomization = load(MANIFESTS / "kustomization.yaml")
    listed = {*kustomization["resources"], *kustomization["configMapGenerator"][0]["files"], "kustomization.yaml"}
    present = {path.name for path in MANIFESTS.iterdir()} - {"scaled-object.yaml"}
    yield from differ("kustomization.yaml", listed, "the folder", present)

    deployment = load(MANIFESTS / "deployment.yaml")
    pod = deployment["spec"]["template"]["spec"]
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    budget = load(MANIFESTS / "pod-disruption-budget.yaml")
    for selector in (deployment["spec"]["selector"], budget["spec"]["selector"]):
        if selector["matchLabels"].items() - labels.items():
            yield "a selector does not match the Deployment's pods"
    scaled = load(MANIFESTS / "scaled-object.yaml")["spec"]
    if scaled["scaleTargetRef"]["name"] != deployment["metadata"]["name"]:
        yield "scaled-object.yaml scales something else"

    defaults = {names(row[0])[0]: (names(row[1]) or [""])[0] for row in table("key | default | meaning")}
    # For the last call that brings a token, and what it brings, as README.md says.
    seconds = sum(int(defaults[key].removesuffix("s")) for key in ("shutdown.drain", "api.token.timeout")) + 5
    if pod["terminationGracePeriodSeconds"] <= seconds:
        yield "deployment.yaml: terminationGracePeriodSeconds is too short"
    # What README.md promises: memory.max and 48 MiB.
    memory = pod["containers"][0]["resources"]["limits"]["memory"]
    if int(memory.removesuffix("Mi")) < int(defaults["memory.max"].removesuffix("MiB")) + 48:
        yield "deployment.yaml: not as much memory as a worker may take"
    trigger = scaled["triggers"][0]["metadata"]
    if (trigger["consumerGroup"], trigger["topic"]) != (defaults["kafka.group.id"], defaults["jobs.topic"]):
        yield "scaled-object.yaml: another group or topic than the worker's"


def check_port():
    """The port, the image's user and the scrape job are the same everywhere."""
    dockerfile = (DOCKER / "Dockerfile").read_text("utf-8")
    port = re.search(r"^EXPOSE (\d+)$", dockerfile, re.MULTILINE)[1]
    uid = re.search(r"^USER (\d+):", dockerfile, re.MULTILINE)[1]
    pod = load(MANIFESTS / "deployment.yaml")["spec"]["template"]
    scrape = load(DOCKER / "prometheus/prometheus.yaml")["scrape_configs"][0]
    same = {
        "QUERY_WORKER_ADMIN_LISTEN": re.search(r"QUERY_WORKER_ADMIN_LISTEN=\S+:(\d+)", dockerfile)[1],
        "deployment.yaml": str(pod["spec"]["containers"][0]["ports"][0]["containerPort"]),
        "its annotation": pod["metadata"]["annotations"]["prometheus.io/port"],
        "compose.yaml": load(DOCKER / "compose.yaml")["services"]["worker"]["ports"][0].rsplit(":", 1)[1],
        "prometheus.yaml": str(scrape["dns_sd_configs"][0]["port"]),
    }
    for place, other in same.items():
        if other != port:
            yield f"{place} has the port {other}, the Dockerfile {port}"
    if str(pod["spec"]["securityContext"]["runAsUser"]) != uid:
        yield "deployment.yaml runs as another user than the image"
    if f'job="{scrape["job_name"]}"' not in ALERTS.read_text("utf-8"):
        yield "prometheus.yaml's scrape job is not the one that alerts.yaml names"


def check_labels():
    """Alerts and dashboard group, match and print by labels only that README.md's table of metrics gives the metric."""
    given = {names(row[0])[0]: set(names(row[1])) for row in table("metric")}
    texts = [(f"alerts.yaml: {rule['alert']}", rule["expr"], str(rule["annotations"])) for rule in alerts()]
    texts += [(f"dashboard: {title}", expr, legend) for title, expr, legend in queries()]
    for place, expr, text in texts:
        lists = re.findall(r"\b(?:by|on|ignoring) ?\(([^()]*)\)", expr)
        used = {label for labels in lists for label in re.split(r", ?", labels)}
        used |= set(re.findall(r"[{,]\s*([a-z_]+)(?:=~|!~|!=|=)", expr))
        used |= set(re.findall(r"{{ ?(?:\$labels\.)?(\w+) ?}}", text))
        # Prometheus' own, and those of ALERTS.
        known = {"", "job", "instance", "le", "alertname", "alertstate"}
        for metric in METRIC.findall(expr):
            known |= given.get(metric, given.get(re.sub("_(bucket|sum|count)$", "", metric), set()))
        yield from (f"{place} has no label {label}" for label in sorted(used - known) if "ALERTS" not in expr)


def metrics_named():
    """Every metric that alerts, dashboard or README.md name, and where."""
    texts = {"README.md": README}
    texts |= {f"alerts.yaml: {rule['alert']}": rule["expr"] for rule in alerts()}
    for title, expr, _ in queries():
        texts[f"dashboard: {title}"] = f"{texts.get(f'dashboard: {title}', '')} {expr}"
    for place, text in texts.items():
        yield from ((place, name) for name in set(METRIC.findall(text)) if not NO_METRIC.match(name))


def scrape(executable):
    """The text of /metrics of a worker whose brokers do not answer: it has all its metrics' names from the start."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {
        "kafka.bootstrap.servers": "127.0.0.1:1",
        "account.wx1.secret": "any",
        "api.base.url": "http://127.0.0.1:1",
        "admin.listen": f"127.0.0.1:{port}",
    }
    arguments = [argument for setting in settings.items() for argument in ("--set", "=".join(setting))]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("QUERY_WORKER_")}
    with tempfile.TemporaryFile() as log:
        worker = subprocess.Popen([executable, "run", *arguments], stdout=log, stderr=log, env=environment)
        try:
            until = time.monotonic() + 30
            while worker.poll() is None and time.monotonic() < until:
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
                        return answer.read().decode()
                except (urllib.error.URLError, ConnectionError):
                    time.sleep(0.05)
            log.seek(0)
            raise SystemExit(f"operations.py: no /metrics:\n{log.read().decode()}")
        finally:
            worker.kill()
            worker.wait()


def check_metrics(executable):
    """The worker has each metric that is named, and promtool finds nothing wrong with its text."""
    text = scrape(executable)
    lint = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True)
    if lint.returncode != 0:
        yield f"promtool check metrics: {lint.stdout}{lint.stderr}"
    existing = set()
    for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE):
        existing |= {name, *(f"{name}_{part}" for part in ("bucket", "sum", "count") if kind == "histogram")}
    named = set(metrics_named())
    for place, name in sorted(named):
        if name not in existing:
            yield f"{place} names {name}, which the worker has not"
    print(f"{len({name for _, name in named})} metrics are named, the worker has {len(existing)}")


CHECKS = (
    check_alerts,
    check_alerts_are_tried,
    check_runbook,
    check_dashboard,
    check_compose,
    check_kubernetes,
    check_port,
    check_labels,
)


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "metrics":
        problems = list(check_metrics(arguments[1]))
    elif not arguments:
        problems = [problem for check in CHECKS for problem in check()]
    else:
        print(__doc__, file=sys.stderr)
        return 2
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{len(problems)} problems with what operates the worker")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
