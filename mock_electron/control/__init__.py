"""The control API below `/_mock/`: what `electron` can do, over HTTP.

It is a Starlette application of its own. It knows the lanes of a server and acts on each through
`Electron`, the interface of a test.
"""
