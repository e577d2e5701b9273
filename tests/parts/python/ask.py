"""One HTTPS request to a server whose certificate nobody vouches for.

    ask.py METHOD URL [NAME=VALUE …]      headers; the body comes on stdin

Prints the status on a line and the body below it.
"""

import ssl
import sys
import urllib.error
import urllib.request

method, url, *headers = sys.argv[1:]
request = urllib.request.Request(
    url,
    data=sys.stdin.buffer.read() or None,
    headers=dict(header.split("=", 1) for header in headers),
    method=method,
)
context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
try:
    answer = opener.open(request, timeout=60)
except urllib.error.HTTPError as error:
    answer = error
print(answer.status)
sys.stdout.flush()
sys.stdout.buffer.write(answer.read())
