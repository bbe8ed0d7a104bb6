"""Fixed defaults of Kubernetes 1.36 by Go type: what a field gets that is not stated, whatever else the object says.

Sources: k8s.io/kubernetes pkg/apis/*/v*/defaults.go and zz_generated.defaults.go (`+default` markers). In a pointer
field zero is a statement, in any other it is none.
"""

from __future__ import annotations

from whydrift.core.model.values import Json, JsonObject

_MAX_INT32 = 2**31 - 1
_FILE_MODE = 0o644

_CONTAINER: JsonObject = {"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"}
_MODE: JsonObject = {"defaultMode": _FILE_MODE}
_RBD: JsonObject = {"pool": "rbd", "user": "admin", "keyring": "/etc/ceph/keyring"}
_SCALE_IO: JsonObject = {"storageMode": "ThinProvisioned", "fsType": "xfs"}
_ISCSI: JsonObject = {"iscsiInterface": "default"}
_CRON_JOB: JsonObject = {
    "concurrencyPolicy": "Allow",
    "suspend": False,
    "successfulJobsHistoryLimit": 3,
    "failedJobsHistoryLimit": 1,
}
_ROLE_REF: JsonObject = {"apiGroup": "rbac.authorization.k8s.io"}
_STORAGE_CLASS: JsonObject = {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"}
_CSI_DRIVER: JsonObject = {
    "attachRequired": True,
    "podInfoOnMount": False,
    "storageCapacity": False,
    "fsGroupPolicy": "ReadWriteOnceWithFSType",
    "volumeLifecycleModes": ["Persistent"],
    "requiresRepublish": False,
    "seLinuxMount": False,
}
_PRIORITY_CLASS: JsonObject = {"preemptionPolicy": "PreemptLowerPriority"}
_ENDPOINT_PORT: JsonObject = {"name": "", "protocol": "TCP"}
_PATH_TYPE: JsonObject = {"pathType": "ImplementationSpecific"}
_CLAIM_RETENTION: JsonObject = {"whenDeleted": "Retain", "whenScaled": "Retain"}
_DEPLOYMENT: JsonObject = {"replicas": 1, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600}
_STATEFUL_SET: JsonObject = {
    "podManagementPolicy": "OrderedReady",
    "persistentVolumeClaimRetentionPolicy": {},
    "replicas": 1,
    "revisionHistoryLimit": 10,
}
_SELECTORS: JsonObject = {"namespaceSelector": {}, "objectSelector": {}}
_WEBHOOK: JsonObject = {"failurePolicy": "Fail", "matchPolicy": "Equivalent", **_SELECTORS, "timeoutSeconds": 10}
_WEBHOOK_V1BETA1: JsonObject = {
    "failurePolicy": "Ignore",
    "matchPolicy": "Exact",
    **_SELECTORS,
    "sideEffects": "Unknown",
    "timeoutSeconds": 30,
    "admissionReviewVersions": ["v1beta1"],
}
_POLICY: JsonObject = {"failurePolicy": "Fail"}
_MATCH: JsonObject = {"matchPolicy": "Equivalent", **_SELECTORS}
_RULE: JsonObject = {"scope": "*"}
_SERVICE_REFERENCE: JsonObject = {"port": 443}
_FLOW_SCHEMA: JsonObject = {"matchingPrecedence": 1000}
_QUEUING: JsonObject = {"handSize": 8, "queues": 64, "queueLengthLimit": 50}
_EXEMPT: JsonObject = {"nominalConcurrencyShares": 0, "lendablePercent": 0}

_CORE: dict[str, JsonObject] = {
    "core/v1/Container": _CONTAINER,
    "core/v1/EphemeralContainer": _CONTAINER,
    "core/v1/ContainerPort": {"protocol": "TCP"},
    "core/v1/PodSpec": {
        "dnsPolicy": "ClusterFirst",
        "restartPolicy": "Always",
        "securityContext": {},
        "terminationGracePeriodSeconds": 30,
        "schedulerName": "default-scheduler",
    },
    "core/v1/Probe": {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3},
    "core/v1/GRPCAction": {"service": ""},
    "core/v1/HTTPGetAction": {"path": "/", "scheme": "HTTP"},
    "core/v1/ObjectFieldSelector": {"apiVersion": "v1"},
    "core/v1/FileKeySelector": {"optional": False},
    "core/v1/SecretVolumeSource": _MODE,
    "core/v1/ConfigMapVolumeSource": _MODE,
    "core/v1/DownwardAPIVolumeSource": _MODE,
    "core/v1/ProjectedVolumeSource": _MODE,
    "core/v1/ServiceAccountTokenProjection": {"expirationSeconds": 3600},
    "core/v1/HostPathVolumeSource": {"type": ""},
    "core/v1/AzureDiskVolumeSource": {
        "cachingMode": "ReadWrite",
        "fsType": "ext4",
        "kind": "Shared",
        "readOnly": False,
    },
    "core/v1/ISCSIVolumeSource": _ISCSI,
    "core/v1/ISCSIPersistentVolumeSource": _ISCSI,
    "core/v1/RBDVolumeSource": _RBD,
    "core/v1/RBDPersistentVolumeSource": _RBD,
    "core/v1/ScaleIOVolumeSource": _SCALE_IO,
    "core/v1/ScaleIOPersistentVolumeSource": _SCALE_IO,
    "core/v1/Secret": {"type": "Opaque"},
    "core/v1/ServiceSpec": {"sessionAffinity": "None", "type": "ClusterIP"},
    "core/v1/ServicePort": {"protocol": "TCP"},
    "core/v1/EndpointPort": {"protocol": "TCP"},
    "core/v1/PersistentVolumeStatus": {"phase": "Pending"},
    "core/v1/PersistentVolumeClaimSpec": {"volumeMode": "Filesystem"},
    "core/v1/PersistentVolumeClaimStatus": {"phase": "Pending"},
    "core/v1/NamespaceStatus": {"phase": "Active"},
    "core/v1/ReplicationControllerSpec": {"replicas": 1},
}

_WORKLOADS: dict[str, JsonObject] = {
    "apps/v1/DeploymentSpec": _DEPLOYMENT,
    "apps/v1beta2/DeploymentSpec": _DEPLOYMENT,
    "apps/v1beta1/DeploymentSpec": {**_DEPLOYMENT, "revisionHistoryLimit": 2},
    "extensions/v1beta1/DeploymentSpec": {
        "replicas": 1,
        "revisionHistoryLimit": _MAX_INT32,
        "progressDeadlineSeconds": _MAX_INT32,
    },
    "apps/v1/DaemonSetSpec": {"revisionHistoryLimit": 10},
    "apps/v1beta2/DaemonSetSpec": {"revisionHistoryLimit": 10},
    "extensions/v1beta1/DaemonSetSpec": {"revisionHistoryLimit": 10},
    "apps/v1/StatefulSetSpec": _STATEFUL_SET,
    "apps/v1beta2/StatefulSetSpec": _STATEFUL_SET,
    "apps/v1beta1/StatefulSetSpec": _STATEFUL_SET,
    "apps/v1/StatefulSetPersistentVolumeClaimRetentionPolicy": _CLAIM_RETENTION,
    "apps/v1beta2/StatefulSetPersistentVolumeClaimRetentionPolicy": _CLAIM_RETENTION,
    "apps/v1beta1/StatefulSetPersistentVolumeClaimRetentionPolicy": _CLAIM_RETENTION,
    "apps/v1/ReplicaSetSpec": {"replicas": 1},
    "apps/v1beta2/ReplicaSetSpec": {"replicas": 1},
    "extensions/v1beta1/ReplicaSetSpec": {"replicas": 1},
    "batch/v1/CronJobSpec": _CRON_JOB,
    "batch/v1beta1/CronJobSpec": _CRON_JOB,
    "batch/v1/PodFailurePolicyOnPodConditionsPattern": {"status": "True"},
    "autoscaling/v1/HorizontalPodAutoscalerSpec": {"minReplicas": 1},
    "autoscaling/v2/HorizontalPodAutoscalerSpec": {"minReplicas": 1},
}

_CLUSTER: dict[str, JsonObject] = {
    "networking/v1/NetworkPolicyPort": {"protocol": "TCP"},
    "networking/v1/IngressClassParametersReference": {"scope": "Cluster"},
    "networking/v1beta1/HTTPIngressPath": _PATH_TYPE,
    "extensions/v1beta1/HTTPIngressPath": _PATH_TYPE,
    "discovery/v1/EndpointPort": _ENDPOINT_PORT,
    "discovery/v1beta1/EndpointPort": _ENDPOINT_PORT,
    "rbac/v1/RoleRef": _ROLE_REF,
    "rbac/v1beta1/RoleRef": _ROLE_REF,
    "rbac/v1alpha1/RoleRef": _ROLE_REF,
    "storage/v1/StorageClass": _STORAGE_CLASS,
    "storage/v1beta1/StorageClass": _STORAGE_CLASS,
    "storage/v1/CSIDriverSpec": _CSI_DRIVER,
    "storage/v1beta1/CSIDriverSpec": _CSI_DRIVER,
    "scheduling/v1/PriorityClass": _PRIORITY_CLASS,
    "scheduling/v1beta1/PriorityClass": _PRIORITY_CLASS,
    "scheduling/v1alpha2/PodGroupSpec": {"disruptionMode": "Pod"},
    "authentication/v1/TokenRequestSpec": {"expirationSeconds": 3600},
    "certificates/v1beta1/CertificateSigningRequestCondition": {"status": "True"},
    "certificates/v1beta1/PodCertificateRequestSpec": {"maxExpirationSeconds": 86400},
    "flowcontrol/v1/FlowSchemaSpec": _FLOW_SCHEMA,
    "flowcontrol/v1beta1/FlowSchemaSpec": _FLOW_SCHEMA,
    "flowcontrol/v1beta2/FlowSchemaSpec": _FLOW_SCHEMA,
    "flowcontrol/v1beta3/FlowSchemaSpec": _FLOW_SCHEMA,
    "flowcontrol/v1/QueuingConfiguration": _QUEUING,
    "flowcontrol/v1beta1/QueuingConfiguration": _QUEUING,
    "flowcontrol/v1beta2/QueuingConfiguration": _QUEUING,
    "flowcontrol/v1beta3/QueuingConfiguration": _QUEUING,
    "flowcontrol/v1/ExemptPriorityLevelConfiguration": _EXEMPT,
    "flowcontrol/v1beta1/ExemptPriorityLevelConfiguration": _EXEMPT,
    "flowcontrol/v1beta2/ExemptPriorityLevelConfiguration": _EXEMPT,
    "flowcontrol/v1beta3/ExemptPriorityLevelConfiguration": _EXEMPT,
    "flowcontrol/v1/LimitedPriorityLevelConfiguration": {"nominalConcurrencyShares": 30, "lendablePercent": 0},
    "flowcontrol/v1beta1/LimitedPriorityLevelConfiguration": {"assuredConcurrencyShares": 30, "lendablePercent": 0},
    "flowcontrol/v1beta2/LimitedPriorityLevelConfiguration": {"assuredConcurrencyShares": 30, "lendablePercent": 0},
    "flowcontrol/v1beta3/LimitedPriorityLevelConfiguration": {"lendablePercent": 0},
}

_ADMISSION: dict[str, JsonObject] = {
    "admissionregistration/v1/ValidatingWebhook": _WEBHOOK,
    "admissionregistration/v1/MutatingWebhook": {**_WEBHOOK, "reinvocationPolicy": "Never"},
    "admissionregistration/v1/RuleWithOperations": _RULE,
    "admissionregistration/v1/NamedRuleWithOperations": _RULE,
    "admissionregistration/v1beta1/NamedRuleWithOperations": _RULE,
    "admissionregistration/v1alpha1/NamedRuleWithOperations": _RULE,
    "admissionregistration/v1/ServiceReference": _SERVICE_REFERENCE,
    "admissionregistration/v1/ValidatingAdmissionPolicySpec": _POLICY,
    "admissionregistration/v1/MutatingAdmissionPolicySpec": _POLICY,
    "admissionregistration/v1/MatchResources": _MATCH,
    "admissionregistration/v1beta1/ValidatingWebhook": _WEBHOOK_V1BETA1,
    "admissionregistration/v1beta1/MutatingWebhook": {**_WEBHOOK_V1BETA1, "reinvocationPolicy": "Never"},
    "admissionregistration/v1beta1/ServiceReference": _SERVICE_REFERENCE,
    "admissionregistration/v1beta1/ValidatingAdmissionPolicySpec": _POLICY,
    "admissionregistration/v1beta1/MutatingAdmissionPolicySpec": _POLICY,
    "admissionregistration/v1beta1/MatchResources": _MATCH,
    "admissionregistration/v1alpha1/ValidatingAdmissionPolicySpec": _POLICY,
    "admissionregistration/v1alpha1/MutatingAdmissionPolicySpec": _POLICY,
    "admissionregistration/v1alpha1/MatchResources": _MATCH,
    "admissionregistration/v1alpha1/ParamRef": {"parameterNotFoundAction": "Deny"},
}

FIXED: dict[str, dict[str, Json]] = _CORE | _WORKLOADS | _CLUSTER | _ADMISSION
"""Field values by Go type and JSON field."""
