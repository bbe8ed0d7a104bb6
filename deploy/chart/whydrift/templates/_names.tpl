{{- define "whydrift.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "whydrift.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else if contains (include "whydrift.name" .) .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "whydrift.name" .) | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "whydrift.selector" -}}
app.kubernetes.io/name: {{ include "whydrift.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "whydrift.labels" -}}
{{ include "whydrift.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "whydrift.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "whydrift.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- required "serviceAccount.name: needed where serviceAccount.create is false" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "whydrift.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- define "whydrift.claim" -}}
{{- .Values.persistence.existingClaim | default (include "whydrift.fullname" .) -}}
{{- end -}}

{{- /* What cannot work is refused before anything is installed. */ -}}
{{- define "whydrift.checked" -}}
{{- if and (not .Values.postgresql.secret.name) (gt (int .Values.replicas) 1) -}}
{{- fail "replicas: more than 1 needs PostgreSQL (postgresql.secret.name)" -}}
{{- end -}}
{{- if and (not .Values.postgresql.secret.name) (gt (int .Values.workers.replicas) 0) -}}
{{- fail "workers.replicas: workers need PostgreSQL (postgresql.secret.name)" -}}
{{- end -}}
{{- if and .Values.auth.userHeader (not .Values.auth.trustedProxies) -}}
{{- fail "auth.userHeader: say which proxies it may come from (auth.trustedProxies)" -}}
{{- end -}}
{{- end -}}

{{- define "whydrift.env" -}}
- name: ARGOCD_AUTH_TOKEN
  valueFrom:
    secretKeyRef: {name: {{ .Values.argocd.tokenSecret.name | quote }}, key: {{ .Values.argocd.tokenSecret.key | quote }}}
- name: ARGOCD_SERVER
  value: {{ .Values.argocd.server | quote }}
{{- $options := list -}}
{{- if .Values.argocd.insecure }}{{ $options = append $options "--insecure" }}{{ end -}}
{{- if .Values.argocd.plaintext }}{{ $options = append $options "--plaintext" }}{{ end -}}
{{- if .Values.argocd.ca.configMap }}{{ $options = append $options (printf "--server-crt /etc/argocd-ca/%s" .Values.argocd.ca.key) }}{{ end -}}
{{- with $options }}
- name: ARGOCD_OPTS
  value: {{ join " " . | quote }}
{{- end }}
- name: WHYDRIFT_CONFIG
  value: /etc/whydrift/whydrift.toml
- name: WHYDRIFT_IN_CLUSTER
  value: "true"
- name: WHYDRIFT_STATE
  value: /var/lib/whydrift/state
- name: WHYDRIFT_CACHE
  value: /var/lib/whydrift/cache
- name: HOME
  value: /tmp
{{- with .Values.postgresql.secret }}{{ if .name }}
- name: WHYDRIFT_STORE
  valueFrom:
    secretKeyRef: {name: {{ .name | quote }}, key: {{ .key | quote }}}
{{- end }}{{ end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "whydrift.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- define "whydrift.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "whydrift.volumeMounts" -}}
- {name: config, mountPath: /etc/whydrift, readOnly: true}
- {name: state, mountPath: /var/lib/whydrift}
- {name: tmp, mountPath: /tmp}
{{- if .Values.argocd.ca.configMap }}
- {name: argocd-ca, mountPath: /etc/argocd-ca, readOnly: true}
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "whydrift.volumes" -}}
- name: config
  configMap: {name: {{ include "whydrift.fullname" . | quote }}}
- name: tmp
  emptyDir: {}
{{- if .Values.argocd.ca.configMap }}
- name: argocd-ca
  configMap: {name: {{ .Values.argocd.ca.configMap | quote }}}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "whydrift.placement" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.topologySpreadConstraints }}
topologySpreadConstraints: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
