"""What can be known of deploy/ without a cluster: keys, paths, pins, ports, and that all say the same."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import entry_points
from typing import Any

import yaml

from assets.warehouse.object_store import ObjectStore
from orchestration.cli import app
from orchestration.instance import instance_text
from orchestration.postgres import database_url
from orchestration.settings import Settings
from tests.deploy.files import (
    DEPLOY,
    ROOT,
    chart_values,
    command,
    compose,
    copied,
    example_variables,
    healthcheck,
    instructions,
    is_ignored,
    last_stage,
    pins,
    variables,
)

SERVICE_KEYS = frozenset(
    """
    annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs container_name cpu_count
    cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset credential_spec depends_on
    deploy develop device_cgroup_rules devices dns dns_opt dns_search domainname entrypoint env_file environment expose
    extends external_links extra_hosts gpus group_add healthcheck hostname image init ipc isolation label_file labels
    links logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit models network_mode networks
    oom_kill_disable oom_score_adj pid pids_limit platform ports post_start pre_stop privileged profiles provider
    pull_policy pull_refresh_after read_only restart runtime scale secrets security_opt shm_size stdin_open
    stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits use_api_socket user userns_mode uts volumes
    volumes_from working_dir
    """.split()  # noqa: SIM905 - a list in quotes would be a screen long
)
"""Keys of a service: schema/compose-spec.json of github.com/compose-spec/compose-spec."""

HEALTHCHECK_KEYS = frozenset(["disable", "interval", "retries", "start_interval", "start_period", "test", "timeout"])
"""Of the same schema."""

_POD = "affinity annotations env envConfigMaps envSecrets image labels livenessProbe nodeSelector podSecurityContext"
_POD += " readinessProbe resources schedulerName securityContext startupProbe tolerations volumeMounts volumes"

CHART_KEYS: Mapping[str, str] = {
    "": "additionalInstanceConfig busybox computeLogManager concurrency dagster-user-deployments dagsterDaemon"
    " dagsterWebserver flower fullnameOverride generateCeleryConfigSecret generatePostgresqlPasswordSecret global"
    " imagePullSecrets ingress migrate nameOverride postgresql pythonLogs rabbitmq rbacEnabled redis retention"
    " runLauncher scheduler serviceAccount telemetry",
    "global": "celeryConfigSecretName dagsterHome dagsterInstanceConfigMap postgresqlSecretName serviceAccountName",
    "postgresql": "enabled image postgresqlDatabase postgresqlHost postgresqlParams postgresqlPassword"
    " postgresqlScheme postgresqlUsername service",
    "dagster-user-deployments": "deployments enableSubchart enabled imagePullSecrets",
    "dagster-user-deployments.deployments": f"{_POD} codeServerArgs dagsterApiGrpcArgs includeConfigInLaunchedRuns name"
    " port",
    "dagsterWebserver": f"{_POD} dbPoolRecycle dbStatementTimeout deploymentLabels enableReadOnly logLevel nameOverride"
    " pathPrefix replicaCount service workspace",
    "dagsterDaemon": f"{_POD} deploymentLabels enabled heartbeatTolerance runCoordinator runMonitoring runRetries"
    " schedules sensors",
    "dagsterDaemon.runMonitoring": "cancelTimeoutSeconds enabled freeSlotsAfterRunEndSeconds maxResumeRunAttempts"
    " pollIntervalSeconds startTimeoutSeconds",
    "dagsterDaemon.runRetries": "enabled maxRetries",
    "dagsterDaemon.runCoordinator": "config enabled type",
    "dagsterDaemon.runCoordinator.config": "customRunCoordinator queuedRunCoordinator",
    "runLauncher": "config type",
    "runLauncher.config": "celeryK8sRunLauncher customRunLauncher k8sRunLauncher",
    "runLauncher.config.k8sRunLauncher": "envConfigMaps envSecrets envVars failPodOnRunFailure image imagePullPolicy"
    " jobNamespace kubeconfigFile labels loadInclusterConfig resources runK8sConfig schedulerName securityContext"
    " volumeMounts volumes",
    "runLauncher.config.k8sRunLauncher.runK8sConfig": "containerConfig jobMetadata jobSpecConfig podSpecConfig"
    " podTemplateSpecMetadata",
    "concurrency": "enabled pools runs",
    "pythonLogs": "dagsterHandlerConfig managedPythonLoggers pythonLogLevel",
    "concurrency.pools": "defaultLimit granularity opGranularityRunBuffer",
    "concurrency.runs": "maxConcurrentRuns tagConcurrencyLimits",
    "retention": "autoMaterialize enabled schedule sensor",
    "retention.schedule": "purgeAfterDays",
    "retention.sensor": "purgeAfterDays",
    "telemetry": "enabled",
}
"""Keys that Dagster's chart has, by the path that leads to them: helm/dagster/schema/schema/charts (values.py and its
subschemas) and values.yaml of github.com/dagster-io/dagster."""


def test_the_production_dagster_yaml_is_the_one_that_the_almanac_writes() -> None:
    assert (DEPLOY / "dagster.yaml").read_text() == instance_text("postgres")


def test_the_container_is_built_from_what_is_there_and_pinned() -> None:
    for source in copied():
        assert (ROOT / source).exists(), source
        assert not is_ignored(source), source
    assert is_ignored("deploy/.env")
    assert is_ignored(".git")
    assert [name for name, _ in instructions()].count("FROM") == 2
    assert all(":" in arguments and ":latest" not in arguments for name, arguments in instructions() if name == "FROM")
    installs = [arguments for name, arguments in instructions() if name == "RUN" and "pip install" in arguments]
    assert any("--require-hashes -r requirements-deploy.lock" in arguments for arguments in installs)
    assert all("--no-deps" in arguments for arguments in installs)


def test_the_container_runs_as_a_user_without_rights_and_writes_below_its_volume() -> None:
    users = [arguments for name, arguments in last_stage() if name == "USER"]
    assert users
    assert users[-1] not in ("root", "0")
    volume = next(arguments for name, arguments in last_stage() if name == "VOLUME")
    assert variables()["ALMANAC_HOME"] == volume
    assert variables()["DAGSTER_HOME"] == f"{volume}/dagster"
    assert variables()["DAGSTER_GRPC_PORT"] == healthcheck()[-1]


def test_the_containers_lock_holds_the_pinned_versions_and_what_the_extra_asks_for() -> None:
    pinned, all_others = pins("requirements-deploy.lock"), pins("requirements.lock")
    assert {name: pinned.get(name) for name in all_others} == all_others
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for wanted in (*project["dependencies"], *project["optional-dependencies"]["deploy"]):
        assert re.match(r"[\w-]+", wanted)[0].replace("_", "-") in pinned, wanted  # type: ignore[index]


def test_the_services_have_only_keys_of_the_compose_specification() -> None:
    found = compose()
    assert set(found) - {"name", "services", "volumes"} == {"x-almanac"}
    for name, service in found["services"].items():
        assert set(service) <= SERVICE_KEYS, name
        assert set(service.get("healthcheck", {})) <= HEALTHCHECK_KEYS, name
        for dependency, condition in service.get("depends_on", {}).items():
            assert dependency in found["services"]
            assert condition["condition"] in ("service_healthy", "service_completed_successfully", "service_started")
            if condition["condition"] == "service_healthy":
                other = found["services"][dependency]
                assert "healthcheck" in other or other["image"] == found["x-almanac"]["image"]
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in found["volumes"]
    build = found["x-almanac"]["build"]
    assert (DEPLOY / build["context"]).resolve() == ROOT
    assert (DEPLOY / build["context"] / build["dockerfile"]).is_file()


def test_nothing_listens_for_other_machines_unless_somebody_changes_it() -> None:
    ports = {name: service["ports"] for name, service in compose()["services"].items() if "ports" in service}
    assert ports == {"webserver": ["127.0.0.1:3000:3000"]}
    assert "ingress" not in chart_values() or chart_values()["ingress"] == {"enabled": False}
    assert chart_values()["dagsterWebserver"]["service"]["type"] == "ClusterIP"


def test_the_server_of_the_chart_listens_where_a_user_without_rights_may() -> None:
    server = chart_values()["dagsterWebserver"]
    assert server["podSecurityContext"]["runAsUser"] != 0
    assert server["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    # The chart starts `dagster-webserver -p` with the port of the service.
    assert 1024 <= server["service"]["port"] <= 65535


def test_no_secret_stands_in_a_file_and_every_variable_is_in_the_example() -> None:
    text = (DEPLOY / "compose.yaml").read_text()
    example = example_variables(DEPLOY / "example.env")
    asked = set(re.findall(r"\$\{([A-Z0-9_]+)", text))
    assert asked == {"POSTGRES_PASSWORD", "S3_ACCESS_KEY", "S3_SECRET_KEY"}
    assert asked <= example.keys()
    known = {str(field.validation_alias) for field in Settings.model_fields.values()}
    assert {name for name in example if name.startswith(("ALMANAC_", "OPENAI_"))} <= known
    assert not [name for name, value in example.items() if value and ("KEY" in name or "PASSWORD" in name)]
    settings = compose()["x-almanac"]["environment"]
    assert {name for name in settings if name.startswith("ALMANAC_")} <= known
    for name, value in settings.items():
        if any(word in name for word in ("KEY", "PASSWORD", "POSTGRES")):
            assert "${" in value, name


def test_the_pods_are_told_of_the_one_lake_and_the_one_storage() -> None:
    example = example_variables(DEPLOY / "kubernetes" / "example.env")
    known = {str(field.validation_alias) for field in Settings.model_fields.values()}
    assert example.keys() <= known
    # All that the containers of compose.yaml are told, they are told too.
    assert compose()["x-almanac"]["environment"].keys() <= example.keys()
    assert not [name for name, value in example.items() if value and "KEY" in name]
    assert not example.keys() & chart_values()["dagster-user-deployments"]["deployments"][0]["env"].keys()
    given = Settings.model_validate(example | {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"})
    assert isinstance(given.lake_root, ObjectStore)
    assert given.dagster_postgres_url is not None
    url, chart = database_url(given.dagster_postgres_url), chart_values()["postgresql"]
    assert url.host == chart["postgresqlHost"]
    assert url.port == chart["service"]["port"]
    assert (url.username, url.database) == (chart["postgresqlUsername"], chart["postgresqlDatabase"])
    assert url.drivername == chart["postgresqlScheme"]
    asked = re.findall(r"deploy/[\w/.]+", (DEPLOY / "kubernetes" / "values.yaml").read_text())
    assert "deploy/kubernetes/.env" in asked
    assert is_ignored("deploy/kubernetes/.env")


def test_every_image_of_the_services_has_a_version() -> None:
    for name, service in compose()["services"].items():
        image, _, tag = service["image"].rpartition(":")
        assert image, name
        assert tag, name
        assert tag != "latest" or "build" in service, name


def test_the_values_have_only_keys_of_dagsters_chart() -> None:
    for path, keys in keys_by_path(chart_values()):
        if path in CHART_KEYS:
            assert keys <= set(CHART_KEYS[path].split()), path
    paths = {path for path, _ in keys_by_path(chart_values())}
    assert paths >= {"concurrency.pools", "runLauncher.config.k8sRunLauncher", "dagster-user-deployments.deployments"}


def keys_by_path(values: Any, path: str = "") -> Iterator[tuple[str, set[str]]]:
    """The keys at every path of nested mappings; the entries of a list share the list's path."""
    if isinstance(values, list):
        for value in values:
            yield from keys_by_path(value, path)
    elif isinstance(values, dict):
        yield path, set(values)
        for key, value in values.items():
            yield from keys_by_path(value, f"{path}.{key}".lstrip("."))


def test_the_chart_makes_the_same_instance_as_the_production_dagster_yaml() -> None:
    values, instance = chart_values(), yaml.safe_load((DEPLOY / "dagster.yaml").read_text())
    assert snake(values["concurrency"]["pools"]) == instance["concurrency"]["pools"]
    assert snake(values["concurrency"]["runs"]) == instance["concurrency"]["runs"]
    daemon = values["dagsterDaemon"]
    assert instance["run_monitoring"].items() <= snake(daemon["runMonitoring"]).items()
    assert snake(daemon["runRetries"]) == instance["run_retries"]
    assert snake(values["pythonLogs"]) == instance["python_logs"]
    assert values["telemetry"] == instance["telemetry"]
    retention = snake({name: values["retention"][name] for name in ("schedule", "sensor")})
    # `started` ticks never end in a purge: the chart asks for the entry, Dagster has -1 for it.
    assert retention["sensor"]["purge_after_days"].pop("started") == -1
    assert retention == instance["retention"]
    rest = {"telemetry", "concurrency", "run_monitoring", "run_retries", "retention", "storage", "python_logs"}
    assert values["additionalInstanceConfig"] == {name: instance[name] for name in instance.keys() - rest}


def snake(values: Any) -> Any:
    """The chart's names as dagster.yaml has them."""
    if not isinstance(values, dict):
        return values
    return {re.sub(r"(?<!^)([A-Z])", r"_\1", key).lower(): snake(value) for key, value in values.items()}


def test_the_chart_starts_the_code_location_that_the_container_starts() -> None:
    (deployment,) = chart_values()["dagster-user-deployments"]["deployments"]
    assert ["dagster", "api", "grpc", *deployment["dagsterApiGrpcArgs"]] == command()
    assert str(deployment["port"]) == variables()["DAGSTER_GRPC_PORT"]
    assert deployment["env"]["ALMANAC_HOME"] == variables()["ALMANAC_HOME"]
    workspace = yaml.safe_load((DEPLOY / "workspace.yaml").read_text())["load_from"][0]["grpc_server"]
    assert workspace["host"] in compose()["services"]
    assert str(workspace["port"]) == variables()["DAGSTER_GRPC_PORT"]
    assert workspace["location_name"] == command()[-1]


def test_the_services_programs_are_installed_with_their_options() -> None:
    programs = {point.name: point for point in entry_points(group="console_scripts")}
    words = {name: compose()["services"][name]["command"] for name in ("webserver", "daemon", "prepare")}
    assert {command[0] for command in words.values()} <= programs.keys()
    daemon = programs["dagster-daemon"].load().__globals__["run_command"]
    given = {word for word in words["daemon"] if word.startswith("--")}
    assert given <= {option for parameter in daemon.params for option in parameter.opts}
    assert words["prepare"][1] in {command.callback.__name__ for command in app.registered_commands if command.callback}
