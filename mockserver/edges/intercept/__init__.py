"""Requests of HTTP libraries answered in this process, below the client and above the network.

One file for each library; each knows how its library spells a request, an answer and a failure, and nothing else. A
file is used only when its library is there.
"""
