"""The desk's pages: server-rendered, complete without JavaScript; htmx and two small scripts make them
quick.
"""
