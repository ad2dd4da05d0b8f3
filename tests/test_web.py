"""The polite client and feeds, against a real HTTP server on loopback."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from seamwatch import __version__
from seamwatch.errors import FetchError
from seamwatch.ingest.feeds import parse_feed
from seamwatch.ingest.memory import SessionMemory
from seamwatch.ingest.options import IngestOptions
from seamwatch.ingest.robots import parse_robots
from seamwatch.ingest.sources import gather
from seamwatch.ingest.web import PoliteClient, WebLimits
from seamwatch.model.text import Article, RawArticle, Rejected
from seamwatch.read.article import read_article

NOW = datetime(2021, 9, 5, 12, 0, tzinfo=UTC)
STORY = (
    "Two policemen were killed and three others wounded when a roadside bomb hit their patrol near the "
    "village of Tal Banat on Sunday morning, the district's mayor said."
)
PAGE = f"<html><head><title>Two killed</title></head><body><p>{STORY}</p></body></html>".encode()


@dataclass
class Reply:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


Answer = Reply | Callable[[BaseHTTPRequestHandler], Reply | None]


@dataclass
class Site:
    """A server: what each path answers (a list is used up one by one), and what was asked."""

    url: str
    answers: dict[str, Answer | list[Answer]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked if path != "/robots.txt"]


class Time:
    """A clock that only sleeping moves; the sleeps are kept."""

    def __init__(self) -> None:
        self.at = 100.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.at += seconds


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    known = Site(url="")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            known.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            answer = known.answers.get(self.path, Reply(404))
            if isinstance(answer, list):
                answer = answer.pop(0) if len(answer) > 1 else answer[0]
            reply = answer if isinstance(answer, Reply) else answer(self)
            if reply is None:
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """Say nothing: a client that gives up breaks the connection."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    known.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield known
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def client(time: Time) -> Iterator[PoliteClient]:
    with PoliteClient(clock=time.clock, sleep=time.sleep, now=lambda: NOW) as made:
        yield made


def gathered(client: PoliteClient, *urls: str, notes: list[str] | None = None) -> list[RawArticle | Rejected]:
    said = notes if notes is not None else []
    return list(gather(urls, IngestOptions(client=client, note=said.append)))


def rejected(client: PoliteClient, url: str) -> Rejected:
    [bad] = gathered(client, url)
    assert isinstance(bad, Rejected), bad
    assert bad.stage == "ingest" and bad.origin and "\n" not in bad.reason and ";" in bad.reason
    return bad


def html(body: bytes = PAGE, **headers: str) -> Reply:
    return Reply(
        200, body, {"Content-Type": "text/html", **{k.replace("_", "-"): v for k, v in headers.items()}}
    )


def test_a_page_is_read_to_an_article(site: Site, client: PoliteClient) -> None:
    """A URL gives the page's main text and title, its address and when it was fetched, under our name."""
    site.answers["/a"] = html()
    [raw] = gathered(client, f"{site.url}/a#part")
    assert isinstance(raw, RawArticle)
    found = read_article(raw)
    assert isinstance(found, Article)
    assert (found.text, found.title, found.retrieved) == (STORY, "Two killed", NOW)
    assert found.url == f"{site.url}/a"
    assert {headers["user-agent"] for _, headers in site.asked} == {f"Seamwatch/{__version__}"}


def test_documents_are_told_by_content(site: Site, client: PoliteClient) -> None:
    """Text, PDF and JSON Lines behind a URL are taken as such; a picture is refused."""
    site.answers |= {
        "/a": Reply(200, "café".encode("cp1252"), {"Content-Type": "text/plain; charset=windows-1252"}),
        "/b": Reply(200, b"%PDF-1.4", {"Content-Type": "application/octet-stream"}),
        "/c.jsonl": Reply(200, b'{"id": "1", "text": "x"}\n[]\n', {"Content-Type": "text/plain"}),
        "/d": Reply(200, b"\x89PNG", {"Content-Type": "image/png"}),
    }
    found = gathered(client, *(f"{site.url}/{name}" for name in ("a", "b", "c.jsonl", "d")))
    assert [getattr(f, "media_type", None) for f in found] == [
        "text/plain",
        "application/pdf",
        "text/plain",
        None,
        None,
    ]
    assert isinstance(found[0], RawArticle) and found[0].content == "café" and found[0].source == "127.0.0.1"
    assert [getattr(f, "code", None) for f in found[3:]] == ["not_an_object", "unsupported"]


def test_robots_txt_is_honoured_and_asked_for_once(site: Site, client: PoliteClient) -> None:
    """What robots.txt forbids is not asked for; the file is fetched once for a host."""
    site.answers |= {
        "/robots.txt": Reply(200, b"User-agent: *\nDisallow: /private\n"),
        "/a": html(),
        "/b": html(),
    }
    bad, *good = gathered(client, f"{site.url}/private/x", f"{site.url}/a", f"{site.url}/b")
    assert isinstance(bad, Rejected) and bad.code == "robots" and len(good) == 2
    assert [path for path, _ in site.asked] == ["/robots.txt", "/a", "/b"]


def test_robots_that_fail_stop_the_host(site: Site, client: PoliteClient, time: Time) -> None:
    """A robots.txt that the server can't give (5xx) means no page of this host, and no long wait for each."""
    site.answers |= {"/robots.txt": Reply(503), "/a": html()}
    bad = gathered(client, f"{site.url}/a", f"{site.url}/b")
    assert [b.code for b in bad if isinstance(b, Rejected)] == ["http_503", "http_503"]
    assert len(site.asked) == 4 and site.paths() == []


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("User-agent: *\nAllow: /a\nDisallow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf?z", True),
        ("User-agent: seamwatch\nDisallow: /a\n\nUser-agent: *\nDisallow: /", "/b", True),
        ("User-agent: other\nDisallow: /", "/a", True),
        ("User-agent: other\nUser-agent: Seamwatch/0.1\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /caf%C3%A9", "/café", False),
        ("User-agent: *\nDisallow: /a # b", "/a", False),
        ("<html>no robots</html>", "/a", True),
    ],
)
def test_robots_rules(rules: str, path: str, allowed: bool) -> None:
    """Groups, longest match, * and $ hold as RFC 9309 says."""
    assert parse_robots(rules, "Seamwatch").allows(f"https://example.org{path}") is allowed


def test_one_request_a_second_and_crawl_delay(site: Site, client: PoliteClient, time: Time) -> None:
    """Requests to one host are a second apart, or as far as its robots.txt asks."""
    site.answers |= {"/a": html(), "/b": html()}
    gathered(client, f"{site.url}/a", f"{site.url}/b")
    assert time.slept == [1.0, 1.0]
    assert parse_robots("User-agent: *\nCrawl-delay: 5", "Seamwatch").delay == 5.0


def test_busy_servers_are_asked_again_with_growing_pauses(
    site: Site, client: PoliteClient, time: Time
) -> None:
    """429 and 5xx are tried three times more after 1, 2 and 4 s, or when the server says; then given up."""
    site.answers["/a"] = [Reply(503), Reply(429, headers={"Retry-After": "7"}), Reply(500), html()]
    [good] = gathered(client, f"{site.url}/a")
    assert isinstance(good, RawArticle)
    assert time.slept == [1.0, 1.0, 7.0, 4.0]
    site.answers["/b"] = Reply(502)
    assert rejected(client, f"{site.url}/b").code == "http_502"
    assert site.paths().count("/b") == 4


def test_a_long_retry_after_is_not_waited_for(site: Site, client: PoliteClient, time: Time) -> None:
    """A server that asks for an hour, in seconds or as a date, gets no second request now."""
    for number, asked in enumerate(("3600", "Sun, 05 Sep 2021 13:00:00 GMT")):
        site.answers[f"/{number}"] = Reply(429, headers={"Retry-After": asked})
        bad = rejected(client, f"{site.url}/{number}")
        assert bad.code == "http_429" and "3600 s" in bad.reason
    assert site.paths() == ["/0", "/1"]


@pytest.mark.parametrize(
    ("status", "says"), [(404, "404 Not Found"), (403, "refuses programs"), (410, "410 Gone")]
)
def test_errors_that_stay_are_not_retried(site: Site, client: PoliteClient, status: int, says: str) -> None:
    """A 4xx answer is told at once."""
    site.answers["/a"] = Reply(status)
    bad = rejected(client, f"{site.url}/a")
    assert bad.code == f"http_{status}" and says in bad.reason and site.paths() == ["/a"]


def test_a_url_that_times_out(site: Site, time: Time) -> None:
    """A server that says nothing is asked four times, then told as a timeout; the next URL is read."""
    done = threading.Event()
    site.answers |= {"/slow": lambda _: Reply() if done.wait(5) else None, "/a": html()}
    limits = WebLimits(read=0.05)
    with PoliteClient(limits=limits, clock=time.clock, sleep=time.sleep, now=lambda: NOW) as client:
        bad, good = gathered(client, f"{site.url}/slow", f"{site.url}/a")
        done.set()
    assert isinstance(bad, Rejected) and bad.code == "timeout"
    assert isinstance(good, RawArticle) and site.paths() == ["/slow"] * 4 + ["/a"]


def test_a_page_that_drips_for_ever(site: Site, time: Time) -> None:
    """A page that comes byte by byte is given up when the total time is over."""

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        try:
            for _ in range(100_000):
                handler.wfile.write(b"x")
                time.at += 30.0
        except OSError:
            pass
        handler.close_connection = True

    site.answers["/a"] = drip
    with PoliteClient(clock=time.clock, sleep=time.sleep) as client:
        assert rejected(client, f"{site.url}/a").code == "too_slow"


def test_redirects_are_followed_five_times(site: Site, client: PoliteClient) -> None:
    """Five redirects are followed to the page; a loop is told, with where it was last."""
    for number in range(5):
        site.answers[f"/{number}"] = Reply(302, headers={"Location": f"{number + 1}"})
    site.answers["/5"] = html()
    [raw] = gathered(client, f"{site.url}/0")
    assert isinstance(raw, RawArticle) and raw.url == f"{site.url}/5"
    site.answers["/loop"] = Reply(301, headers={"Location": "/loop"})
    bad = rejected(client, f"{site.url}/loop")
    assert bad.code == "too_many_redirects" and "/loop" in bad.reason
    assert site.paths().count("/loop") == 6
    site.answers |= {"/x": Reply(302), "/y": Reply(302, headers={"Location": "file:///etc/passwd"})}
    assert rejected(client, f"{site.url}/x").code == "bad_answer"
    assert rejected(client, f"{site.url}/y").code == "bad_url"


def test_too_large_pages_are_not_read_to_the_end(site: Site, time: Time) -> None:
    """Over the limit a page is given up, also when it is small only while it is packed."""
    site.answers |= {
        "/a": html(b"<html>" + b"a" * 200_000),
        "/b": html(gzip.compress(b"a" * 200_000), Content_Encoding="gzip"),
    }
    limits = WebLimits(most_bytes=100_000)
    with PoliteClient(limits=limits, clock=time.clock, sleep=time.sleep) as client:
        assert rejected(client, f"{site.url}/a").code == "too_large"
        assert rejected(client, f"{site.url}/b").code == "too_large"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/a",
        "file:///etc/passwd",
        "http://",
        "https:///a",
        "http://[::1",
        "http://a:x/",
        "http://a..b/",
    ],
)
def test_addresses_that_cannot_be_fetched(client: PoliteClient, url: str) -> None:
    """Only http and https URLs with a host are fetched."""
    assert rejected(client, url).code == "bad_url"


def test_a_dead_host_is_told_and_left_alone(client: PoliteClient, time: Time, site: Site) -> None:
    """A refused connection is tried again, then told; further pages of the host fail at once."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        assert rejected(client, f"{url}/a").code == "unreachable"
        slept = len(time.slept)
        assert slept >= 3
        assert rejected(client, f"{url}/b").code == "unreachable"
        assert len(time.slept) == slept


def test_passwords_are_not_shown(site: Site, client: PoliteClient) -> None:
    """A password in a URL is used but never appears in an article or a message."""
    site.answers["/a"] = html()
    secret = site.url.replace("http://", "http://me:secret@")
    good, bad = gathered(client, f"{secret}/a", f"{secret}/none")
    assert "authorization" in site.asked[-1][1]
    assert "secret" not in repr(good) + repr(bad)


def test_unchanged_pages_give_nothing_new(site: Site, time: Time) -> None:
    """A page is asked for with its ETag and date; 304 gives nothing and no error, a change the page."""
    memory = SessionMemory()

    def answer(handler: BaseHTTPRequestHandler) -> Reply:
        if handler.headers.get("If-None-Match") == '"1"':
            return Reply(304)
        return html(ETag='"1"', Last_Modified="Sun, 05 Sep 2021 10:00:00 GMT")

    site.answers["/a"] = answer
    notes: list[str] = []
    with PoliteClient(memory=memory, clock=time.clock, sleep=time.sleep) as client:
        assert len(gathered(client, f"{site.url}/a")) == 1
        assert gathered(client, f"{site.url}/a", notes=notes) == []
    assert site.asked[-1][1]["if-modified-since"] == "Sun, 05 Sep 2021 10:00:00 GMT"
    assert len(notes) == 1 and "not changed" in notes[0]


def test_a_page_is_remembered_only_once_it_is_dealt_with(site: Site, time: Time) -> None:
    """A crash while an article is stored must not make its page look read."""
    memory = SessionMemory()
    site.answers["/a"] = html(ETag='"1"')
    with PoliteClient(memory=memory, clock=time.clock, sleep=time.sleep) as client:
        items = gather([f"{site.url}/a"], IngestOptions(client=client))
        next(items)
        assert memory.get(f"{site.url}/a") is None
        assert next(items, None) is None
        assert memory.get(f"{site.url}/a") is not None


def feed(site: Site) -> bytes:
    return f"""<?xml version="1.0" encoding="utf-8"?>
    <rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
    <title>Example 24</title>
    <item><title>Two killed &amp;amp; three hurt</title><link>{site.url}/a</link><author>Sara Ahmed</author>
      <pubDate>Sun, 05 Sep 2021 00:30:00 +0300</pubDate><description>Short.</description></item>
    <item><title>Whole</title><link>{site.url}/whole</link><pubDate>2021-09-04T10:00:00Z</pubDate>
      <content:encoded><![CDATA[<p>{STORY}</p><p>{STORY} Again.</p><p>{STORY} And again.</p>
      <p>{STORY} Last.</p>]]></content:encoded></item>
    <item><title>Gone</title><link>{site.url}/gone</link></item>
    <item><title>Nothing</title></item>
    <item><title>Twice</title><link>{site.url}/a</link></item>
    </channel></rss>""".encode()


def test_a_feed_gives_its_entries(site: Site, client: PoliteClient) -> None:
    """Links are fetched, full texts taken from the feed; title and day come from the entry."""
    site.answers |= {"/feed": Reply(200, feed(site), {"Content-Type": "application/rss+xml"}), "/a": html()}
    first, whole, gone, nothing = gathered(client, f"{site.url}/feed")
    assert isinstance(first, RawArticle) and isinstance(whole, RawArticle)
    assert (first.title, first.published) == ("Two killed & three hurt", date(2021, 9, 5))
    assert (whole.title, whole.published, whole.source) == ("Whole", date(2021, 9, 4), "Example 24")
    article = read_article(whole)
    assert isinstance(article, Article)
    assert article.text.split("\n\n")[0] == STORY and article.text.endswith("Last.")
    assert [getattr(bad, "code", None) for bad in (gone, nothing)] == ["http_404", "no_text"]
    assert site.paths() == ["/feed", "/a", "/gone"]


def test_atom_and_broken_feeds() -> None:
    """Atom gives link, day and author; XML that is broken before its first entry is refused."""
    atom = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>E</title>
    <entry><title type="html">A &lt;b&gt;b&lt;/b&gt;</title><link href="/x"/>
    <updated>2021-09-05T23:30:00-05:00</updated><author><name>Sara</name></author></entry></feed>"""
    [entry] = parse_feed(atom, "https://example.org/feed").entries
    assert (entry.link, entry.title, entry.published) == ("https://example.org/x", "A b", date(2021, 9, 5))
    assert entry.author == "Sara"
    with pytest.raises(FetchError) as caught:
        parse_feed(b"<rss><channel", "https://example.org/feed")
    assert caught.value.code == "bad_feed"


def test_a_feed_that_is_html(site: Site, client: PoliteClient) -> None:
    """A feed's address that gives a page is refused, and the feed that the page names is told."""
    named = PAGE.replace(
        b"<head>", b'<head><link rel="alternate" type="application/rss+xml" href="/real.xml">'
    )
    site.answers |= {
        "/feed": html(named),
        "/b": Reply(200, PAGE, {"Content-Type": "application/rss+xml"}),
        "/rss": Reply(200, b"<rss version='2.0'><channel>", {"Content-Type": "text/xml"}),
    }
    bad = rejected(client, f"{site.url}/feed")
    assert bad.code == "not_a_feed" and f"{site.url}/real.xml" in bad.reason
    assert rejected(client, f"{site.url}/b").code == "not_a_feed"
    assert rejected(client, f"{site.url}/rss").code == "bad_feed"


def test_a_feed_with_a_passing_failure_is_asked_for_again(site: Site, time: Time) -> None:
    """A feed whose entry failed for now is not remembered, so that the entry is not lost."""
    memory = SessionMemory()
    body = f"<rss><channel><item><link>{site.url}/a</link></item></channel></rss>".encode()
    site.answers |= {"/feed": Reply(200, body, {"ETag": '"f"'}), "/a": [Reply(503)] * 4 + [html()]}
    with PoliteClient(memory=memory, clock=time.clock, sleep=time.sleep) as client:
        assert isinstance(gathered(client, f"{site.url}/feed")[0], Rejected)
        assert memory.get(f"{site.url}/feed") is None
        assert isinstance(gathered(client, f"{site.url}/feed")[0], RawArticle)
        assert memory.get(f"{site.url}/feed") is not None


def test_what_a_public_feed_names_may_not_lead_inside(site: Site, client: PoliteClient) -> None:
    """An entry of a public feed that points to a private address is refused without a request."""
    with pytest.raises(FetchError) as caught:
        client.fetch(f"{site.url}/a", found_on="https://8.8.8.8/feed")
    assert caught.value.code == "private_address" and site.asked == []
