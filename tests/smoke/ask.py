"""Requests to a fake Electron with the standard library alone."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

TIMEOUT = 10.0
HI = [{"role": "user", "content": "Hi!"}]


def ask(base_url: str, api_key: str = "sk_mock", **body: Any) -> tuple[int, str]:
    """Send a chat request. Return the status and the body as text."""
    url = urlsplit(base_url)
    connection = http.client.HTTPConnection(url.netloc, timeout=TIMEOUT)
    headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"}
    request = {"model": "electron", "messages": HI} | body
    try:
        connection.request("POST", f"{url.path}/chat/completions", json.dumps(request), headers)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def text_of(body: str) -> str:
    """Return the text of a reply."""
    text: str = json.loads(body)["choices"][0]["message"]["content"]
    return text
