"""What is written for users: whole files, and texts without keys.

files.py       files that are written completely or not at all
redaction.py   keys in headers, paths and messages
"""
