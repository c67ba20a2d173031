"""What is written for users: files that are complete, and texts without keys.

files.py       files that are written completely or not at all
redaction.py   keys in headers, paths and messages
"""
