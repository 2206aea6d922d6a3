"""Measure the website as a browser meets it: real server, real database, real index, generated catalogue.

    python -m bench.pages [packages, default 50000] [seconds for each page, default 10]
    python -m bench.pages http://127.0.0.1:8080 [seconds]      a server that runs already

wrk (Debian: apt-get install wrk) asks with 16 connections on the same two cores; each page is shown beside /healthz of
the same run, since machines differ. A page's statements and bytes are in the tests, not here.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tenants import embedded_postgres
from web.console import postgres_folder

CONNECTIONS = 16
PROJECT = Path(__file__).parent.parent
_HOJO = Path(sys.executable).parent / "hojo"
PAGES = {
    "search, 会計": f"/packages?q={quote('会計')}",
    "search, ﾚｼﾞ for retail, cheapest": f"/packages?q={quote('ﾚｼﾞ')}&industry=retail&sort=own_cost",
    "search, everything": "/packages",
    "package": "/packages/D000001",
    "comparison of four": "/compare?codes=D000001,D000002,D000003,D000004",
    "comparison of six": "/compare?codes=D000001,D000002,D000003,D000004,D000005,D000006",
    "API search, 会計": f"/api/v1/packages?q={quote('会計')}",
}
_WORDS = (
    "会計、給与計算、ﾚｼﾞ、オンライン予約、勤怠、きんたい、在庫、請求書、予約 飲食、在庫 EDI、顧客管理、売上、POSレジ、経費、シフト、"
    "電話の予約で手が離せない、受発注、労務、京都、"
)
_FILTERS = (
    " industry=retail industry=restaurants function=B1 function=B3 function=B1&function=B3 category=front fundable=true"
    f" category=back_office area={quote('京都府')} own_cost_max=300000 second_year_max=100000"
)
_ORDERS = " sort=own_cost sort=price sort=newest page=2 page=3"


def _lua(listed: str, by: str = " ") -> str:
    """A list as Lua writes it, its words as an address does."""
    return f"""{{{",".join(f"'{quote(each, safe='=&%')}'" for each in listed.split(by))}}}"""


# Each of wrk's threads has its own numbers: with the same ones every address would come twice.
_SEED = """
local threads = 0
function setup(thread) thread:set("number", threads); threads = threads + 1 end
function init() math.randomseed(os.time() * 10 + number) end
"""
# As people ask: words, filters, an order or a further page; with a limit of their own, so that no address comes twice.
# Only what is given is in the address, as the site's own addresses are: others are sent on to it.
_ASKED_FIRST = f"""{_SEED}
local words = {_lua(_WORDS, "、")}
local filters = {_lua(_FILTERS)}
local orders = {_lua(_ORDERS)}
request = function()
  local given = {{"price_max=" .. math.random(1000, 100000) .. "000"}}
  for _, part in ipairs({{filters[math.random(#filters)], orders[math.random(#orders)]}}) do
    if part ~= "" then table.insert(given, part) end
  end
  local word = words[math.random(#words)]
  if word ~= "" then table.insert(given, 1, "q=" .. word) end
  return wrk.format("GET", "/packages?" .. table.concat(given, "&"))
end
"""
_COMPARED_FIRST = f"""{_SEED}
request = function()
  local codes = {{}}
  for place = 1, 6 do codes[place] = string.format("D%06d", math.random(1, 5000)) end
  return wrk.format("GET", "/compare?codes=" .. table.concat(codes, ","))
end
"""
_ESTIMATE = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"scheme":"2017","functions":["B1","B3"],"lines":[{"kind":"software","amount_yen":1499999}]}'
"""


@contextmanager
def served(packages: int) -> Iterator[str]:
    """A server over a new catalogue of this size; its address."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        with embedded_postgres.serving(postgres_folder(data)) as server, socket.socket() as free:
            embedded_postgres.create_database(server)
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
            free.close()
            environment = os.environ | {
                "HOJO_ENVIRONMENT": "demo",
                "HOJO_DATA": folder,
                "HOJO_SECRET_KEY": "for-measuring-only-0123456789-abcdef",
                "HOJO_COOKIE_SECURE": "false",
                "DATABASE_URL": server.url(embedded_postgres.APP_ROLE),
                "DATABASE_OWNER_URL": server.url(),
                "PORT": str(port),
            }
            began = time.monotonic()
            for command in (["db", "upgrade"], ["demo", "generate", "--packages", str(packages)]):
                subprocess.run([_HOJO, *command], env=environment, check=True, cwd=PROJECT)
            print(f"{packages:,} packages generated and indexed in {time.monotonic() - began:.0f} s")
            web = subprocess.Popen([_HOJO, "serve"], env=environment, cwd=PROJECT)
            try:
                address = f"http://127.0.0.1:{port}"
                _wait(f"{address}/readyz")
                yield address
            finally:
                web.terminate()
                web.wait(20)


def _wait(address: str) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(address, timeout=2).read()  # noqa: S310
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server does not answer")


def measure(address: str, seconds: int, script: str = "") -> tuple[float, str, str, str]:
    """Requests a second, p50 and p95 in ms, and how many failed."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as lua:
        lua.write(script + _REPORT)
        lua.flush()
        command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", lua.name]
        told = subprocess.run(
            [*command, "-H", "Accept-Encoding: gzip", address], capture_output=True, text=True, check=True
        ).stdout
    found = re.search(r"RESULT (\S+) (\S+) (\S+) (\S+)", told)
    if found is None:
        raise SystemExit(told)
    return float(found[1]), found[2], found[3], found[4]


_REPORT = """
done = function(summary, latency, requests)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  print(string.format("RESULT %.1f %.1f %.1f %d", summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, bad))
end
"""


def alone(addresses: Sequence[str], body: bytes | None) -> tuple[float, float]:
    """p50 and p95 in ms of these requests one after the other, without anybody else's."""
    taken = []
    for address in addresses:
        asked = urllib.request.Request(address, body, {"Content-Type": "application/json"})  # noqa: S310
        began = time.perf_counter()
        urllib.request.urlopen(asked, timeout=20).read()  # noqa: S310
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken), statistics.quantiles(taken, n=20)[18]


def compare(address: str, seconds: int, told: str) -> None:
    """Print Markdown tables: at 16 connections, and of what is never kept also alone."""
    alone([address + path for path in PAGES.values()] * 4, None)  # each process reads in first
    measure(f"{address}/packages", 3)
    plain = measure(f"{address}/healthz", seconds)
    print(f"\nload {os.getloadavg()[0]:.1f}\n")
    print(f"| page ({told}) | requests/s | of /healthz | p50 ms | p95 ms | errors |")
    print("|---|---:|---:|---:|---:|---:|")
    rows = {"/healthz": plain} | {name: measure(address + path, seconds) for name, path in PAGES.items()}
    first = "each address for the first time"
    rows[f"search, many words and filters, {first}"] = measure(f"{address}/packages", seconds, _ASKED_FIRST)
    rows[f"comparison of six, {first}"] = measure(f"{address}/compare", seconds, _COMPARED_FIRST)
    rows["estimate API"] = measure(f"{address}/api/v1/estimates", seconds, _ESTIMATE)
    for name, (rate, median, slow, errors) in rows.items():
        print(f"| {name} | {rate:.0f} | {rate / plain[0]:.0%} | {median} | {slow} | {errors} |")
    print("\n| one request after the other | p50 ms | p95 ms |\n|---|---:|---:|")
    body = _ESTIMATE.split("'")[1].encode()
    codes = [f"D{number:06d}" for number in random.sample(range(1, 5_000), 1_200)]
    sixes = [f"/compare?codes={','.join(codes[at : at + 6])}" for at in range(0, len(codes), 6)]
    for name, paths, sent in (
        ("/healthz", ["/healthz"] * 200, None),
        ("package, each for the first time", [f"/packages/{code}" for code in codes[:200]], None),
        ("comparison of six, each for the first time", sixes, None),
        ("estimate API", ["/api/v1/estimates"] * 200, body),
        ("estimate API, a package", ["/api/v1/estimates"] * 200, b'{"package":"D000001"}'),
    ):
        median, slow = alone([address + path for path in paths], sent)
        print(f"| {name} | {median:.1f} | {slow:.1f} |")


def main() -> None:
    """Measure a server that runs, or one of our own."""
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is missing. Install it: apt-get install wrk")
    where = sys.argv[1] if len(sys.argv) > 1 else "50000"
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    if where.startswith("http"):
        compare(where, seconds, where)
        return
    with served(int(where)) as address:
        compare(address, seconds, f"{int(where):,} packages")


if __name__ == "__main__":
    main()
