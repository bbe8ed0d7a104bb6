"""Messages of failed comparisons, as Argo CD 3.x words them, and what has to be looked at."""

from __future__ import annotations

import pytest

from whydrift.core.explain.failures import Failure, classify, decisive

LOAD = "Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = "
COMPARE = "Failed to compare desired state to live state: "
MESSAGES = {
    LOAD + "apps/web: app path does not exist": Failure.PATH,
    LOAD + "failed to list refs: repository not found: ": Failure.REPOSITORY,
    LOAD + "unable to resolve 'release-9' to a commit SHA": Failure.REVISION,
    LOAD + "authentication required: Unauthorized": Failure.AUTH,
    LOAD + "failed to list refs: dial tcp: lookup git.example.com: no such host": Failure.UNREACHABLE,
    LOAD
    + "`helm template . --name-template web` failed exit status 1: Error: values.yaml: parse error": Failure.RENDER,
    LOAD
    + "`kustomize build <path>/overlays/prod` failed exit status 1: Error: no such file or directory": Failure.RENDER,
    LOAD + "`helm dependency build` failed timeout after 1m30s": Failure.TIMEOUT,
    "rpc error: code = DeadlineExceeded desc = context deadline exceeded": Failure.TIMEOUT,
    COMPARE + "failed to create diff normalizer: unexpected EOF": Failure.IGNORE_RULE,
    COMPARE
    + "failed to calculate diff: error calculating structured merge diff: error building typed value from config "
    "resource: .spec.replicas: expected numeric (int or float), got string": Failure.SCHEMA,
    COMPARE + "failed to calculate diff: error calculating server side diff: serverSideDiff error: error running "
    'server side apply in dryrun mode: Service "web" is invalid: spec.ports[1].name: Duplicate value': Failure.SCHEMA,
    'error getting cluster by server "https://10.0.0.1": cluster "https://10.0.0.1" not found': Failure.CLUSTER,
    'Failed to load live state: failed to get cluster info for "https://10.0.0.1": connection refused': Failure.SILENT,
    "application destination server 'https://a' and namespace 'b' do not match any of the allowed destinations in "
    "project 'c'": Failure.PROJECT,
    "application repo https://git.example.com/x.git is not permitted in project 'c'": Failure.PROJECT,
    COMPARE + "failed to calculate diff: error calculating server side diff: Internal error occurred: failed calling "
    'webhook "v.example.com": no endpoints available': Failure.ADMISSION,
    "error setting app health: failed to get resource health for Cluster": Failure.HEALTH,
    LOAD
    + "`kustomize build <path to cached source>/prod` failed exit status 1: Error: no resource matches strategic merge "
    'patch "Deployment.v1.apps/web.[noNs]": no matches for Id Deployment.v1.apps/web.[noNs]': Failure.RENDER,
    "something nobody has seen before": Failure.UNKNOWN,
}


@pytest.mark.parametrize(("message", "failure"), MESSAGES.items())
def test_a_message_says_what_has_to_be_looked_at(message: str, failure: Failure) -> None:
    assert classify(message) is failure


def test_the_decisive_part_is_what_the_tool_said() -> None:
    message = (
        LOAD
        + "failed to execute helm template command: failed running helm: `helm template . --include-crds` failed exit "
        "status 1: Error: execution error at (web/templates/web.yaml:20:24): host must be set\n\n"
        "Use --debug flag to render out invalid YAML"
    )
    assert decisive(message) == "execution error at (web/templates/web.yaml:20:24): host must be set"


def test_the_file_stays_with_the_complaint_about_it() -> None:
    message = (
        LOAD.replace("Unknown", "FailedPrecondition") + 'Failed to unmarshal "service.yaml": failed to unmarshal '
        "manifest: error converting YAML to JSON: yaml: line 15: mapping values are not allowed in this context"
    )
    assert decisive(message) == (
        "service.yaml: error converting YAML to JSON: yaml: line 15: mapping values are not allowed in this context"
    )


def test_a_long_message_is_cut_and_keeps_its_end() -> None:
    said = decisive("Error: " + "x" * 500 + " the end")
    assert len(said) <= 300 and said.endswith("the end")
