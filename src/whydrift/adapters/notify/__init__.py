"""Receivers of messages, each behind `ports.watching.Notifier`.

Border: sends what it is given, once an attempt; who is told what and when is decided in core/notice.
"""
