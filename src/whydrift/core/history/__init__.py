"""What an answer means over time: answers → findings → what is new, still there, gone and returned.

Border: values in, values out; who keeps them is a store's business (`ports.Store`), who is told is core/notice's.
"""
