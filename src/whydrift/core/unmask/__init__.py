"""What is broken now, behind the noise: pods, statuses, events and logs → troubles with the line that says why.

Border: it quotes what the cluster wrote and looks into git's files for the place; it says nothing about differences.
"""
