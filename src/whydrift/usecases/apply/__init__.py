"""Apply: carry a plan out, a step at a time. The only use case that changes anything.

Every change is checked first (did git, an object or an Application move; does a sync race), written into the journal
before it leaves and after it is answered, and never repeated unless a look shows that it did not happen.
"""
