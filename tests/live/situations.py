"""What the applications of these tests hold in git."""

from __future__ import annotations

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app.kubernetes.io/name: web}
spec:
  replicas: 2
  selector:
    matchLabels: {app.kubernetes.io/name: web}
  template:
    metadata:
      labels: {app.kubernetes.io/name: web}
    spec:
      containers:
      - name: web
        image: registry.example.com/web:1.4.2
        resources:
          requests: {cpu: 100m, memory: 64Mi}
"""
SETTINGS = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  banner: hello
  days: "14"
"""
WEB = {"manifests/web.yaml": DEPLOYMENT, "manifests/settings.yaml": SETTINGS}
