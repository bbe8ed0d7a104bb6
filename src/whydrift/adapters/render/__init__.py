"""Renders an application's sources with edits in place: plain files here, Helm and Kustomize by the user's tools."""
