"""One tab of a browser: a websocket to a kernel or a terminal of a Jupyter server.

    drive.py execute  --url ws://…/api/kernels/ID/channels --code CODE [--leave-after busy|reply]
    drive.py connect  --url ws://…/api/kernels/ID/channels
    drive.py terminal --url ws://…/terminals/websocket/NAME [--send TEXT …] [--leave-after-send]

Says what happens as JSON lines and stays connected until its stdin is closed.
"""

import argparse
import asyncio
import json
import sys
import threading
import uuid

from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

CONNECT_SECONDS = 60


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("execute", "connect", "terminal"):
        command = commands.add_parser(name)
        command.add_argument("--url", required=True)
        command.add_argument("--token", default="")
    commands.choices["execute"].add_argument("--code", required=True)
    commands.choices["execute"].add_argument("--leave-after", choices=["busy", "reply"])
    commands.choices["terminal"].add_argument("--send", action="append", default=[])
    commands.choices["terminal"].add_argument("--leave-after-send", action="store_true")
    return parser.parse_args()


def say(event, **more):
    print(json.dumps({"event": event, **more}), flush=True)


async def read(socket):
    text = await socket.read_message()
    if text is None:
        say("closed")
        sys.exit("the server closed the connection")
    return json.loads(text)


async def open_socket(url, token):
    headers = {"Authorization": f"token {token}"} if token else {}
    # A notebook instance signs its certificate itself.
    request = HTTPRequest(url, headers=headers, connect_timeout=CONNECT_SECONDS, validate_cert=False)
    return await websocket_connect(request)


def message(session, kind, content):
    header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": session, "username": "", "version": "5.3"}
    return {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell", "buffers": []}


async def open_kernel(args):
    session = uuid.uuid4().hex
    socket = await open_socket(f"{args.url}?session_id={session}", args.token)
    await socket.write_message(json.dumps(message(session, "kernel_info_request", {})))
    while (await read(socket))["msg_type"] != "kernel_info_reply":
        pass
    return session, socket


def tell(answer):
    """Says one message of the kernel; returns its event."""
    kind, content = answer["msg_type"], answer["content"]
    if kind == "status":
        event = content["execution_state"]
        say(event)
        return event
    if kind == "execute_reply":
        say("reply", status=content["status"])
        return "reply"
    if kind == "stream":
        say("stream", text=content["text"])
    elif kind == "input_request":
        say("input_request", prompt=content["prompt"])
    return kind


async def kernel(args):
    session, socket = await asyncio.wait_for(open_kernel(args), CONNECT_SECONDS)
    say("connected")
    sent = None
    if args.command == "execute":
        request = message(session, "execute_request", {"code": args.code, "silent": False, "store_history": True, "allow_stdin": True})
        sent = request["header"]["msg_id"]
        await socket.write_message(json.dumps(request))
    leave_after = getattr(args, "leave_after", None)
    while True:
        answer = await read(socket)
        # The tab that connects hears of everyone's cells, the other of its own.
        if sent is not None and answer.get("parent_header", {}).get("msg_id") != sent:
            continue
        if tell(answer) == leave_after:
            break
    socket.close()
    say("left")


async def open_terminal(args):
    socket = await open_socket(args.url, args.token)
    while (await read(socket))[0] != "setup":
        pass
    return socket


async def terminal(args):
    socket = await asyncio.wait_for(open_terminal(args), CONNECT_SECONDS)
    for text in args.send:
        await socket.write_message(json.dumps(["stdin", text]))
    say("connected")
    while not args.leave_after_send:
        kind, *rest = await read(socket)
        if kind == "stdout":
            say("output", text=rest[0])
    socket.close()
    say("left")


async def main():
    args = arguments()
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    def watch_stdin():
        sys.stdin.buffer.read()
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=watch_stdin, daemon=True).start()
    work = asyncio.ensure_future(terminal(args) if args.command == "terminal" else kernel(args))
    waiting = asyncio.ensure_future(ended.wait())
    done, _ = await asyncio.wait([work, waiting], return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


asyncio.run(main())
