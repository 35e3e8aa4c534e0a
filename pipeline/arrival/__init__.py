"""What a new session brings, before people have coded it: how it differs from earlier sessions, and how good
its labels are expected to be.
"""
