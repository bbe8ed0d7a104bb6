"""Asks GitHub, GitLab and others for a pull request; where no forge is known, the URL to open is told."""
