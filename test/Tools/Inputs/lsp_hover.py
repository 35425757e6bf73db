"""Asks a language server for hovers, as an editor does.

Usage: lsp_hover.py FILE.mlir TEXT...: prints the hover of the first line that
holds each text, at the place of the text; then OLD=NEW replaces a text as an
edit does. At last the exit code.
"""

import json
import subprocess
import sys

server = subprocess.Popen(["sextant-lsp-server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def send(**message):
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    server.stdin.flush()


def receive(number):
    """The answer to a request; notifications before it are passed over."""
    while True:
        length = 0
        while (line := server.stdout.readline().strip()):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        message = json.loads(server.stdout.read(length))
        if message.get("id") == number and "method" not in message:
            return message


def edit(uri, program, old, new, version):
    program = program.replace(old, new, 1)
    send(method="textDocument/didChange", params={
        "textDocument": {"uri": uri, "version": version + 1},
        "contentChanges": [{"text": program}]})
    return program


def main():
    program = open(sys.argv[1]).read()
    uri = "test:///program.mlir"
    send(id=0, method="initialize", params={"processId": 1, "rootPath": "x", "capabilities": {}})
    receive(0)
    send(method="textDocument/didOpen", params={
        "textDocument": {"uri": uri, "languageId": "mlir", "version": 1, "text": program}})
    for number, text in enumerate(sys.argv[2:], 1):
        if "=" in text:
            program = edit(uri, program, *text.split("="), number)
            continue
        line, row = next((i, s) for i, s in enumerate(program.splitlines()) if text in s)
        send(id=number, method="textDocument/hover", params={
            "textDocument": {"uri": uri}, "position": {"line": line, "character": row.index(text)}})
        result = receive(number)["result"]
        print(f"hover of {text}:", result["contents"]["value"] if result else "none", sep="\n")
    send(id=99, method="shutdown")
    receive(99)
    send(method="exit")
    server.stdin.close()
    print("exit code", server.wait(timeout=60))


main()
