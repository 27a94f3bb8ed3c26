"""The protocol of docs/play.md, spoken by a client that is not the page."""

import asyncio
import base64
import gzip
import http.client
import json
import socket
import subprocess

import pytest

from program_server import PROGRAM, serve

websockets = pytest.importorskip("websockets")

SMALL = ("play", "--world", "7x7x7", "--seed", "4", "--seconds-per-action", "0.1")


class Client:
    """A connection that has said hello, with the welcome and the game it was told."""

    def __init__(self, connection):
        self.connection = connection
        self.last_id = 0

    async def hear(self, *types):
        while True:
            message = json.loads(await asyncio.wait_for(self.connection.recv(), 10))
            if not types or message["type"] in types:
                return message

    async def say(self, **message):
        await self.connection.send(json.dumps(message))

    async def act(self, **action):
        """The answer to an action."""
        self.last_id += 1
        await self.say(type="act", id=self.last_id, action=action)
        while True:
            message = await self.hear("step", "refused", "error")
            if message["type"] == "error" or message.get("id") == self.last_id:
                return message


async def connect(server):
    connection = await websockets.connect(f"ws://{server.host}/socket", max_size=1 << 24)
    server.connections.append(connection)
    client = Client(connection)
    await client.say(type="hello", protocol=1, token=server.token)
    return client


def run(test, *arguments):
    async def run_and_leave(server):
        await test(server)
        for connection in server.connections:
            await connection.close()

    with serve(*SMALL, *arguments) as server:
        asyncio.run(run_and_leave(server))


def test_a_game_is_played_and_its_recording_verified(tmp_path):
    async def play(server):
        client = await connect(server)
        welcome = await client.hear("welcome")
        names = [block["name"] for block in welcome["blocks"]]
        assert names[:3] == ["air", "bedrock", "dirt"]
        assert len(base64.b64decode(welcome["textures"]["top"][2])) == 16 * 16 * 4
        game = await client.hear("game")
        size = game["size"]
        blocks = base64.b64decode(game["blocks"])
        assert len(blocks) == len(base64.b64decode(game["blueprint"])) == 7 * 7 * 7

        def block_at(x, y, z):
            return blocks[(x * size[1] + y) * size[2] + z]

        # Down to the ground, then a block goes beside one's feet and is broken again.
        while (await client.act(type="move", direction="-y"))["type"] == "step":
            pass
        x, y, z = game["players"][0]["feet"][0], 2, game["players"][0]["feet"][2]
        side = [x + 1 if x < 6 else x - 1, y, z]
        assert block_at(*side) == 0
        placed = await client.act(type="place", at=side, block=names.index("planks"))
        assert placed["type"] == "step", placed
        assert placed["changes"] == [[side, names.index("planks"), 0]]
        assert placed["figures"]["human_actions"] == 1
        again = await client.act(type="place", at=side, block=names.index("planks"))
        assert again["reason"] == "there is planks already"
        assert (await client.act(type="break", at=side))["changes"] == [[side, 0, 0]]
        far = await client.act(type="break", at=[0 if x > 3 else 6, 1, 0 if z > 3 else 6])
        assert far["type"] == "refused"
        # The assistant acts by itself.
        step = await client.hear("step")
        assert step["acted"][1] is not None and "id" not in step
        await client.say(type="finish")
        end = await client.hear("end")
        assert end["reason"] == "finished"
        verified = subprocess.run(
            [PROGRAM, "verify", end["recording"]], capture_output=True, text=True, check=True
        )
        assert "equal" in verified.stdout
        with gzip.open(end["recording"], "rt") as lines:
            assert json.loads(list(lines)[-1])["done"]
        await client.say(type="next")
        assert (await client.hear("game"))["title"] == "House 2"

    run(play, "--record", tmp_path)


def test_a_client_that_comes_again_goes_on_and_the_one_before_is_closed(tmp_path):
    async def play(server):
        first = await connect(server)
        await first.hear("game")
        before = await first.act(type="move", direction="+y")
        second = await connect(server)
        game = await second.hear("game")
        assert game["timestep"] >= (before.get("timestep") or 0)
        assert (await first.hear("error"))["error"] == "another page has taken over"
        with pytest.raises(websockets.ConnectionClosed):
            await first.hear("never")
        assert (await second.act(type="move", direction="-y"))["type"] in ("step", "refused")

    run(play)


def test_wrong_messages_are_answered_and_lose_nothing():
    async def play(server):
        client = await connect(server)
        await client.hear("game")
        for text, expected in [
            ("{", "at byte"),
            ('{"type": "fly"}', "type: expected hello"),
            ('{"type": "act", "id": 1.5, "action": {}}', "id"),
            ('{"type": "hello", "protocol": 1, "token": ""}', "hello: was said already"),
            ('{"type": "ping", "id": 1, "id": 2}', "id"),
            ("[" * 60000, "deep"),
        ]:
            await client.connection.send(text)
            assert expected in (await client.hear("error"))["error"]
        await client.connection.send(b"bytes")
        assert "text" in (await client.hear("error"))["error"]
        # Too many at once: the rest are refused, and later ones are heard again.
        for number in range(200):
            await client.say(type="ping", id=number)
        assert "too many messages" in (await client.hear("error"))["error"]
        await asyncio.sleep(1)
        await client.say(type="ping", id=1000)
        while (await client.hear("pong"))["id"] != 1000:
            pass
        # Too large: the connection is closed, the game goes on.
        await client.connection.send("x" * 70000)
        with pytest.raises(websockets.ConnectionClosed):
            await client.hear("never")
        again = await connect(server)
        assert (await again.hear("game"))["title"] == "House 1"

    run(play)


def test_strangers_are_not_let_in():
    async def play(server):
        async def refused(**message):
            connection = await websockets.connect(f"ws://{server.host}/socket")
            await connection.send(json.dumps(message))
            error = json.loads(await connection.recv())
            with pytest.raises(websockets.ConnectionClosed):
                await connection.recv()
            return error["error"]

        assert "token" in await refused(type="hello", protocol=1, token="0" * 32)
        assert "hello" in await refused(type="ping", id=1)
        assert "protocol" in await refused(type="hello", protocol=9, token=server.token)
        for origin in ["http://evil.example", "null"]:
            with pytest.raises(websockets.InvalidHandshake, match="403"):
                await websockets.connect(f"ws://{server.host}/socket", origin=origin)

    run(play)


def test_the_page_comes_with_strict_headers_and_nothing_from_disk():
    with serve(*SMALL) as server:

        def get(path, method="GET", **headers):
            connection = http.client.HTTPConnection(server.host, timeout=5)
            connection.request(method, path, headers=headers)
            return connection.getresponse()

        page = get("/")
        assert page.status == 200
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert get("/app.js").status == 200
        assert get("/", "HEAD").status == 200
        assert get("/../../../etc/passwd").status == 404
        assert get("/socket").status == 404
        assert get("/", Host="evil.example").status == 403
        assert get("/", "POST").status == 405
        assert get("/", Cookie="x" * 10000).status == 431
        # What is no HTTP, and who says nothing.
        for text in [b"\x00\xff" * 50 + b"\r\n\r\n", b"GET"]:
            host, port = server.host.split(":")
            with socket.create_connection((host, int(port)), timeout=5) as connection:
                connection.sendall(text)
        assert get("/").status == 200
