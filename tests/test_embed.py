"""The map on other sites: who may frame what, the frame's height, oEmbed, pictures, and what is kept from readers."""

from __future__ import annotations

import gzip
import http.server
import re
import shutil
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import escape, unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from axe_core_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect

from app import create_app
from app.assets import BUNDLES, MODULES, address, content_hash
from app.config import Settings
from app.preview import MOST_KEPT, _keep, view_box
from app.sharing import frame_code
from geo.errors import InvalidInput
from tests.browsing import READY, follow, visit
from tests.conftest import running, serving
from tests.test_hostile import STRINGS

FILTER = "within_m=25000&kind=incident&map=11/43.0/20.8"


def policy(client: FlaskClient, path: str) -> dict[str, str]:
    header = client.get(path).headers["Content-Security-Policy"]
    return {name: value for name, _, value in (part.partition(" ") for part in header.split("; "))}


def test_only_the_embed_page_may_be_framed_by_others(client: FlaskClient) -> None:
    assert policy(client, "/embed")["frame-ancestors"] == "*"
    for path in ("/", "/about", "/events/clash", "/share", "/no-such-page", "/embed?colour=red"):
        expected = "*" if path.startswith("/embed") else "'self'"
        assert policy(client, path)["frame-ancestors"] == expected, path


def test_operator_narrows_who_may_frame(small_settings: Settings) -> None:
    given = {"IBAR_EMBED_ORIGINS": "https://news.example.org https://*.example.net"}
    origins = Settings.from_environ(given).embed_origins
    with running(replace(small_settings, embed_origins=origins)) as app:
        assert policy(app.test_client(), "/embed")["frame-ancestors"] == given["IBAR_EMBED_ORIGINS"]
        assert policy(app.test_client(), "/")["frame-ancestors"] == "'self'"


@pytest.mark.parametrize("origins", ["https://a; script-src *", "news.example.org", "* https://a.example", "https://"])
def test_origin_that_cannot_be_used_is_refused_at_the_start(origins: str) -> None:
    with pytest.raises(InvalidInput, match="IBAR_EMBED_ORIGINS"):
        Settings.from_environ({"IBAR_EMBED_ORIGINS": origins})


@pytest.mark.parametrize("tiles", ["No.Such.Tiles", "https://tiles.example.org/none", "javascript:{x}{y}{z}"])
def test_tile_server_that_is_not_known_is_refused_at_the_start(tiles: str, small_settings: Settings) -> None:
    with pytest.raises(InvalidInput, match="IBAR_TILES"):
        Settings.from_environ({"IBAR_TILES": tiles})
    with pytest.raises(InvalidInput, match="IBAR_TILES"):
        create_app(replace(small_settings, tiles=tiles))


def test_tile_host_is_named_to_readers_of_the_embed_and_allowed_for_images_alone(small_settings: Settings) -> None:
    with running(replace(small_settings, tiles="https://tiles.example.org/{z}/{x}/{y}.png")) as app:
        found = policy(app.test_client(), "/embed")
        text = app.test_client().get("/embed").text
    assert [name for name, value in found.items() if "tiles.example.org" in value] == ["img-src"]
    assert "https://tiles.example.org, which sees the address of your device" in text


def test_embed_has_picture_table_status_licence_and_no_form_or_cookie(client: FlaskClient) -> None:
    answer = client.get(f"/embed?{FILTER}")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "<form" not in answer.text
    picture = re.search(
        r'<noscript>.*?<img class="embed-picture" src="http://localhost([^"]*)"', answer.text, re.DOTALL
    )
    assert picture is not None
    assert unescape(picture[1]) == f"/preview.png?{FILTER}"
    for words in ("without prejudice", "CC BY 4.0", "Last change to the data", "Exchange of fire", "Open the full map"):
        assert words in answer.text
    for method in ("post", "put", "delete"):
        assert getattr(client, method)("/embed").status_code == 405


def test_share_page_holds_code_for_the_very_view(client: FlaskClient) -> None:
    page = client.get(f"/share?{FILTER}&lang=sq").text
    codes = [unescape(text) for text in re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)]
    assert codes[0] == f"http://localhost/?{FILTER}&lang=sq"
    for code in codes[1:]:
        source = re.search(r'<iframe src="([^"]*)"', code)
        assert source is not None
        assert unescape(source[1]) == f"http://localhost/embed?{FILTER}&lang=sq"
        assert client.get(unescape(source[1])).status_code == 200
    assert "embed.js" not in codes[1]
    assert '<script async src="http://localhost/embed.js"></script>' in codes[2]


def test_open_graph_card_shows_the_very_view(client: FlaskClient) -> None:
    page = client.get(f"/?{FILTER}").text
    found = dict(re.findall(r'<meta property="og:([\w:]+)" content="([^"]*)"', page))
    assert unescape(found["url"]) == f"http://localhost/?{FILTER}"
    assert unescape(found["image"]) == f"http://localhost/preview.png?{FILTER}"
    assert "incident" in found["description"]
    oembed = re.search(r'type="application/json\+oembed" href="([^"]*)"', page)
    assert oembed is not None
    assert unescape(found["url"]) in client.get(unescape(oembed[1])).json["html"].replace("&amp;", "&").replace(
        "/embed?", "/?"
    )


def test_preview_is_a_picture_of_the_size_of_cards_and_is_kept(small_settings: Settings, tmp_path: Path) -> None:
    fonts = Settings.from_environ({}).cache / "fonts"
    if fonts.is_dir():  # they take a while to cut
        shutil.copytree(fonts, tmp_path / "fonts")
    with running(replace(small_settings, cache=tmp_path)) as app:
        client = app.test_client()
        first = client.get(f"/preview.png?{FILTER}")
        assert first.content_type == "image/png"
        assert struct.unpack(">II", first.data[16:24]) == (1200, 675)
        kept = list((tmp_path / "previews").iterdir())
        assert len(kept) == 1
        kept[0].write_bytes(b"kept")
        assert client.get(f"/preview.png?{FILTER}").data == b"kept"
        elsewhere = client.get("/preview.png?map=12/-33.0/151.0&kind=deployment")
        assert elsewhere.status_code == 200
        assert elsewhere.data != b"kept"


def test_pictures_that_are_kept_are_bounded(tmp_path: Path) -> None:
    for number in range(MOST_KEPT + 5):
        _keep(tmp_path / f"{number}.png", b"x")
    assert len(list(tmp_path.iterdir())) == MOST_KEPT


def test_view_of_the_map_becomes_the_box_of_the_picture() -> None:
    box = view_box("10/43.0/20.8")
    assert box is not None
    assert (box.west + box.east) / 2 == pytest.approx(20.8)
    assert (box.south + box.north) / 2 == pytest.approx(43.0)
    assert box.east - box.west == pytest.approx(1200 * 360 / (256 * 1024))
    assert view_box("") is None
    assert view_box("1/89/179") is None
    assert view_box("x/y/z") is None


def oembed(client: FlaskClient, url: str, **more: str):
    return client.get("/oembed", query_string={"url": url, **more})


def test_oembed_answers_a_frame_within_the_size_asked_for(client: FlaskClient) -> None:
    answer = oembed(client, f"http://localhost/?{FILTER}", maxwidth="500", maxheight="400").json
    assert (answer["version"], answer["type"], answer["width"], answer["height"]) == ("1.0", "rich", 500, 400)
    assert f'src="http://localhost/embed?{escape(FILTER)}"' in answer["html"]
    assert answer["thumbnail_url"] == f"http://localhost/preview.png?{FILTER}"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://evil.example/",
        "http://localhost.evil.example/",
        "http://[",
        "http://localhost/about",
        "javascript:x",
    ],
)
def test_oembed_knows_no_other_address(client: FlaskClient, url: str) -> None:
    answer = oembed(client, url)
    assert answer.status_code == 404
    assert "evil" not in answer.text


def test_oembed_refuses_xml_and_bad_filters(client: FlaskClient) -> None:
    assert oembed(client, "http://localhost/", format="xml").status_code == 501
    assert oembed(client, "http://localhost/?colour=red").status_code == 400


@pytest.mark.parametrize("text", STRINGS)
def test_hostile_text_in_addresses_stays_text(client: FlaskClient, text: str) -> None:
    for path in ("/embed", "/share", "/"):
        answer = client.get(path, query_string={"q": text, "map": text, "event": text})
        assert answer.status_code in (200, 400)
        for live in ("<script>window", "<img src=x", "<svg onload", "uid="):
            assert live not in answer.text
    answer = oembed(client, f"http://localhost/?q={quote(text)}")
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        frame = re.fullmatch(
            r'<iframe src="([^"<>]*)" title="[^"<>]*" width="\d+" height="\d+" loading="lazy"'
            r' allowfullscreen style="border:0;max-width:100%"></iframe>',
            answer.json["html"],
        )
        assert frame is not None


def test_frame_code_escapes_what_it_is_given() -> None:
    code = frame_code('http://h/?q="><script>', 'a"b<c', script="http://h/embed.js")
    assert code.count("<script") == 1
    assert "&#34;&gt;&lt;script&gt;" in code


def test_static_files_are_named_by_content_and_kept_for_a_year(client: FlaskClient, app) -> None:
    with app.test_request_context():
        names = [*(f"js/{name}" for name in MODULES), *(f"{BUNDLES}{name}" for name in ("ibar.js", "share_page.js"))]
        links = [address(name) for name in names]
    for name, link in zip(names, links, strict=True):
        assert content_hash(name) in link
        with client.get(link) as answer:
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    with client.get(f"/assets/{'0' * 32}/vendor/leaflet/images/layers.png") as image:
        assert "immutable" not in image.headers["Cache-Control"]
    assert client.get("/assets/x/../config.py").status_code == 404
    assert client.get("/assets/x/no-such.js").status_code == 404


def test_large_layers_are_compressed_for_those_who_understand_it(client: FlaskClient) -> None:
    path = "/boundaries/land.geojson"
    plain = client.get(path)
    packed = client.get(path, headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert packed.content_length == len(packed.data)
    again = client.get(path, headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]})
    assert again.status_code == 304


def test_every_answer_carries_its_policies_and_no_cookie(client: FlaskClient) -> None:
    for path in ("/", "/embed", "/events/clash", "/about", "/share", "/oembed?url=http://localhost/", "/embed.js"):
        with client.get(path) as answer:
            headers = answer.headers
        assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
        assert "geolocation=()" in headers["Permissions-Policy"]
        assert "Set-Cookie" not in headers
        assert "unsafe" not in headers["Content-Security-Policy"]


# In the browser


@pytest.fixture(scope="module")
def served(small_store: Path) -> Iterator[str]:
    with serving(replace(Settings.from_environ({}), store=small_store)) as address:
        yield address


@contextmanager
def newsroom(html: str) -> Iterator[str]:
    """Serve one page from another origin."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}/story"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1000])
def test_frame_on_another_site_shows_the_map_and_takes_its_height(browser: Browser, served: str, width: int) -> None:
    code = frame_code(f"{served}/embed?{FILTER}&lang=sr-Latn", "Mapa", height=200, script=f"{served}/embed.js")
    head = "<!doctype html><html lang=en><link rel=icon href='data:,'><title>Story</title>"
    story = f"{head}<body style='margin:0'>{code}</body>"
    with newsroom(story) as address, visit(browser, width=width) as seen:
        seen.page.goto(address)
        frame = seen.page.frame_locator("iframe")
        frame.locator(READY).wait_for()
        expect(frame.locator("h1")).to_contain_text("Mapa incidenata")
        head, ground = frame.locator(".embed-head").bounding_box(), frame.locator(".folium-map").bounding_box()
        assert head is not None
        assert ground is not None
        assert head["y"] + head["height"] <= ground["y"] + 1, "nothing lies over the title"
        marker = frame.locator(".event-marker").first
        expect(marker).to_be_visible()
        seen.page.wait_for_function("Number(document.querySelector('iframe').height) > 400")
        needs_no_scroll_bar = "document.documentElement.scrollHeight - innerHeight <= 1"
        seen.page.frames[1].wait_for_function(needs_no_scroll_bar)
        assert seen.page.frames[1].evaluate("document.documentElement.scrollWidth") <= width
        marker.focus()
        seen.page.keyboard.press("Enter")
        expect(frame.get_by_role("dialog")).to_be_visible()
        assert seen.page.context.cookies() == []
        assert seen.errors == []


@pytest.mark.browser
def test_embed_without_javascript_is_a_picture_and_a_table(browser: Browser, served: str) -> None:
    with visit(browser, java_script_enabled=False, width=600) as seen:
        seen.page.goto(f"{served}/embed?{FILTER}")
        picture = seen.page.locator(".embed-picture")
        expect(picture).to_be_visible()
        seen.page.get_by_text("The same events as a list").click()
        expect(seen.page.locator("#results")).to_contain_text("Exchange of fire")
        answer = seen.page.request.get(picture.get_attribute("src") or "", timeout=60_000)
        assert answer.body().startswith(b"\x89PNG")


@pytest.mark.browser
@pytest.mark.parametrize(("lang", "width"), [("en", 1440), ("sq", 768), ("sr-Cyrl", 320)])
def test_embed_dialog_by_keyboard(browser: Browser, served: str, lang: str, width: int) -> None:
    with visit(browser, width=width, height=800) as seen:
        page = seen.go(f"{served}/?lang={lang}&kind=incident")
        link = page.locator("a[data-share]")
        link.focus()
        page.keyboard.press("Enter")
        dialog = page.locator("#share-dialog")
        expect(dialog).to_be_visible()
        code = dialog.locator("#share-code")
        expect(code).to_have_value(re.compile(rf"/embed\?lang={lang}&amp;kind=incident"))
        assert Axe().run(page)["violations"] == []
        box = dialog.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        dialog.locator("button[data-copy=share-code]").focus()
        page.keyboard.press("Enter")
        expect(dialog.locator(".share-field:has(#share-code) [role=status]")).not_to_be_empty()
        page.keyboard.press("Escape")
        expect(dialog).not_to_be_visible()
        expect(link).to_be_focused()
        assert seen.errors == []


@pytest.mark.browser
@pytest.mark.parametrize(
    ("lang", "width", "scheme"),
    [("sq", 320, "dark"), ("sr-Latn", 768, "light"), ("sr-Cyrl", 1440, "dark"), ("en", 320, "light")],
)
def test_pages_have_no_axe_violation_in_any_language(
    browser: Browser, served: str, lang: str, width: int, scheme: str
) -> None:
    with visit(browser, width=width, color_scheme=scheme) as seen:  # type: ignore[arg-type]
        for path in ("/", "/embed", "/events/clash", "/about", "/share"):
            seen.page.goto(f"{served}{path}?lang={lang}")
            if path in ("/", "/embed"):
                seen.page.wait_for_selector(READY)
                box = seen.page.locator(".folium-map").bounding_box()
                assert box is not None
                assert box["height"] > 300
            found = Axe().run(seen.page)["violations"]
            assert [(fault["id"], fault["nodes"][0]["target"]) for fault in found] == [], path
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert seen.errors == []


@pytest.mark.browser
def test_language_is_switched_with_the_filter_kept(browser: Browser, served: str) -> None:
    with visit(browser) as seen:
        page = seen.go(f"{served}/")
        page.get_by_role("radio", name="25 km", exact=True).check()
        page.wait_for_url("**within_m=25000**")
        page.locator(".choices summary").click()
        follow(page.get_by_role("link", name="Српски"))
        page.wait_for_selector(READY)
        assert "within_m=25000" in page.url
        expect(page.locator("h1")).to_have_text("Инциденти и распоређивања")
        expect(page.locator("#status")).to_contain_text("догађаја")
        page.locator(".event-marker").first.focus()
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog")
        expect(dialog.locator(".popup-title")).to_have_attribute("lang", "en")
        dialog.locator(".popup-more a").click()
        expect(page.locator("html")).to_have_attribute("lang", "sr-Cyrl")


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["sq", "sr-Latn"])
def test_script_writes_dates_and_numbers_as_the_server_does(browser: Browser, served: str, lang: str) -> None:
    with visit(browser) as seen:
        page = seen.go(f"{served}/?lang={lang}")
        for event_id in ("clash", "block", "raids", "battalion"):
            row = page.locator("#results tr", has=page.locator(f"[data-show-event='{event_id}']"))
            cells = [
                row.locator(f".{name}").inner_text() for name in ("when", "where", "border", "casualties", "source")
            ]
            row.locator("a").first.click()
            told = page.locator("[role=dialog]").inner_text()
            for words in (line for cell in cells for line in cell.split("\n") if line.strip("–")):
                assert words in told, (event_id, words)
            page.keyboard.press("Escape")
