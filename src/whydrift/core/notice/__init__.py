"""What is told, to whom and when: routes, groups, quiet hours, silences, the words of a message.

Border: pure; what is kept and sent is a store's and a notifier's business (`ports/watching.py`).
"""
