"""Dashboard, alerts and scraping speak of figures, parts and ports that there are."""

import json
import re

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from services import metrics
from services.health import Health
from tests.containers import composed
from tests.docs.examples import ROOT

DEPLOY = ROOT / "deploy"
DASHBOARD = json.loads((DEPLOY / "grafana/dashboards/beistand.json").read_text())
ALERTS = yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text())
SCRAPING = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())
_NAME = re.compile(r"\b(?:beistand|process)_[a-z_]+\b(?!\")")


@pytest.fixture
def known():
    """Every name of a figure that a process tells, and `up`, which Prometheus adds."""
    metrics.arrived("web-form", "taken")
    metrics.answered("/", "GET", 200, 0.1)
    metrics.waiting({"web-form": 1})
    metrics.planned(seconds=1, gap=0, overtaken=0, tiers=[("housing", "urgent", 1, 1)])
    health = Health()
    health.beat("relay", position=1)
    health.observed(1)
    text = metrics.text(health).decode()
    return {
        sample.name
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def expressions():
    panels = [
        (panel["title"], target["expr"])
        for panel in DASHBOARD["panels"]
        for target in panel["targets"]
    ]
    rules = [
        (rule["alert"], rule["expr"])
        for group in ALERTS["groups"]
        for rule in group["rules"]
    ]
    return panels + rules


def test_every_figure_that_is_shown_or_watched_is_told(known):
    unknown = {
        title: missing
        for title, text in expressions()
        if (missing := set(_NAME.findall(text)) - known)
    }

    assert (len(expressions()) > 20, unknown) == (True, {})


def test_every_figure_of_ours_is_shown(known):
    shown = {name for _, text in expressions() for name in _NAME.findall(text)}
    ours = {name for name in known if name.startswith("beistand_")}
    base = {re.sub(r"_(bucket|count|sum|total)$", "", name) for name in shown}

    assert {
        name
        for name in ours
        if re.sub(r"_(bucket|count|sum|total)$", "", name) not in base
    } == {"beistand_follower_position", "beistand_part_silent_seconds"}


def test_prometheus_asks_every_process_on_its_health_port():
    [job] = SCRAPING["scrape_configs"]
    [targets] = job["static_configs"]

    assert sorted(targets["targets"]) == sorted(
        f"{name}:{one['environment']['BEISTAND_HEALTH_PORT']}"
        for name, one in composed.processes().items()
    )


def test_a_missed_backup_is_told_before_the_next_one_is_due():
    [rule] = [
        rule
        for group in ALERTS["groups"]
        for rule in group["rules"]
        if rule["alert"] == "BackupOld"
    ]

    assert "> 30 * 3600" in rule["expr"]
    assert rule["for"] == "1h"


def test_an_alert_says_what_is_seen():
    rules = [rule for group in ALERTS["groups"] for rule in group["rules"]]

    assert all(rule["annotations"]["summary"].endswith(".") for rule in rules)


def test_grafana_finds_the_dashboard_and_its_source():
    sources = yaml.safe_load(
        (DEPLOY / "grafana/provisioning/datasources/prometheus.yml").read_text()
    )["datasources"]
    [provider] = yaml.safe_load(
        (DEPLOY / "grafana/provisioning/dashboards/beistand.yml").read_text()
    )["providers"]
    mounts = dict(
        mount.split(":")[:2]
        for mount in composed.read()["services"]["grafana"]["volumes"]
    )

    assert {panel["datasource"]["uid"] for panel in DASHBOARD["panels"]} == {
        source["uid"] for source in sources
    }
    assert provider["options"]["path"] == mounts["./deploy/grafana/dashboards"]
    assert sources[0]["url"] == "http://prometheus:9090"


def test_the_panels_stand_beside_each_other_and_each_has_a_number_of_its_own():
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    cells = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for place in [panel["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]

    assert len(ids) == len(set(ids))
    assert len(cells) == len(set(cells))
