"""Publishing to a folder and to a real object store: a copy that follows the site and is whole at every moment."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import shutil
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import ClassVar

import pytest
from obstore.store import S3Store

from assets.errors import InputError, SettingsError, StorageError
from assets.site import addresses
from assets.site.claims import CLAIM, claimed
from assets.site.places import Bucket, Folder, Held, Place, bucket, folder
from assets.site.publish import RECORD, files_of, publish, step_of
from assets.site.verify import links_of
from assets.warehouse.object_store import ObjectStore
from tests.emulators.s3_server import BUCKET, READER_KEY, S3Server, secret
from tests.site.conftest import Made
from tests.site.corpus import DAYS


@pytest.fixture
def store(s3: S3Server) -> ObjectStore:
    return s3.store(f"sites/{uuid.uuid4().hex}")


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "folder":
        return Folder(tmp_path / "www")
    return Bucket(request.getfixturevalue("store"))


@pytest.fixture
def site(made: Made, tmp_path: Path) -> Path:
    """A copy of the corpus' site that a test may change."""
    return Path(shutil.copytree(made.site, tmp_path / "site"))


def test_a_copy_holds_the_site_and_nothing_private(made: Made, place: Place) -> None:
    done = publish(made.site, place)
    assert done.files == done.copied == len([*files_of(made.site)])
    assert set(place.there()) == {*files_of(made.site), RECORD}
    for path in (addresses.day_page(DAYS[0]), "assets/style.css", "sitemap.xml"):
        assert place.get(path) == (made.site / path).read_bytes()


def test_a_second_copy_takes_what_changed_and_removes_what_left(site: Path, place: Place) -> None:
    publish(site, place)
    again = publish(site, place)
    assert (again.copied, again.removed) == (0, 0)
    place.put("of-the-user.html", b"mine")
    page = (site / "index.html").read_text()
    (site / "index.html").write_text(page.replace("Preprint", "Reprints"))  # of the same length
    shutil.rmtree(site / "papers" / "math")
    done = publish(site, place)
    assert (done.copied, done.removed) == (1, 1)
    assert place.get("index.html") == (site / "index.html").read_bytes()
    assert not [path for path in place.there() if path.startswith("papers/math")]
    assert place.get("of-the-user.html") == b"mine"


def test_what_someone_removed_or_cut_at_the_place_comes_back(site: Path, place: Place) -> None:
    publish(site, place)
    place.remove("robots.txt")
    place.put("assets/style.css", b"cut")
    assert publish(site, place).copied == 2
    assert place.get("robots.txt") == (site / "robots.txt").read_bytes()
    assert place.get("assets/style.css") == (site / "assets/style.css").read_bytes()


class Ending:
    """A place that takes some changes more and then is away."""

    def __init__(self, place: Place, changes: int) -> None:
        self._place, self._left, self._lock = place, changes, Lock()

    def _change(self) -> None:
        with self._lock:
            self._left -= 1
            if self._left < 0:
                raise StorageError("the place is away.")

    def there(self) -> Mapping[str, Held]:
        return self._place.there()

    def headers(self, path: str) -> Mapping[str, str]:
        return self._place.headers(path)

    def get(self, path: str) -> bytes | None:
        return self._place.get(path)

    def put(self, path: str, data: bytes) -> None:
        self._change()
        self._place.put(path, data)

    def remove(self, path: str) -> None:
        self._change()
        self._place.remove(path)

    def alone(self, site: str) -> AbstractContextManager[Callable[[], None]]:
        return self._place.alone(site)


def without_a_day(site: Path) -> Path:
    """The site as it was before its latest day, as far as links go: that day's pages away, and no link to them."""
    before = Path(shutil.copytree(site, site.with_name("before")))
    gone = {addresses.day_page(DAYS[-1]), addresses.day_file(DAYS[-1], "bib")}
    for path in gone:
        (before / path).unlink()
    for path in [path for path in files_of(before) if path.endswith(".html")]:
        text = (before / path).read_text()
        for target in gone:
            text = text.replace(target, addresses.INDEX)
        (before / path).write_text(text)
    (before / "papers/gone").mkdir()
    (before / "papers/gone/index.html").write_text("<p>It left the site.</p>")
    linked = (before / "days/index.html").read_text()
    (before / "days/index.html").write_text(linked + '<a href="../papers/gone/index.html">Gone</a>')
    return before


def broken(root: Path) -> list[str]:
    """The links that lead nowhere, of the pages to which the front page leads."""
    seen, waiting, found = {addresses.INDEX}, [addresses.INDEX], []
    while waiting:
        page = waiting.pop()
        for target, _ in links_of(root, page):
            if not (root / target).is_file():
                found.append(f"{page} → {target}")
            elif target.endswith(".html") and target not in seen:
                seen.add(target)
                waiting.append(target)
    return found


def test_a_copy_that_ends_anywhere_leaves_no_link_that_leads_nowhere(site: Path, tmp_path: Path) -> None:
    before = without_a_day(site)
    assert broken(before) == []
    changes = publish_again(before, site, tmp_path / "counted", 10_000)
    assert changes
    for ends in range(0, changes, max(1, changes // 12)):
        root = tmp_path / f"ended-{ends}"
        with pytest.raises(StorageError, match="is away"):
            publish_again(before, site, root, ends)
        assert broken(root) == [], ends
        publish(site, Folder(root))
        assert {*Folder(root).there()} == {*files_of(site), RECORD}, ends


def publish_again(before: Path, site: Path, root: Path, changes: int) -> int:
    """Publishes one site over another to a place that takes so many changes; how many it has taken."""
    publish(before, Folder(root))
    place = Ending(Folder(root), changes)
    publish(site, place)
    return changes - place._left


def test_a_first_copy_shows_its_front_page_last(made: Made, tmp_path: Path) -> None:
    files = len([*files_of(made.site)])
    with pytest.raises(StorageError, match="is away"):
        publish(made.site, Ending(Folder(tmp_path), files))  # one for the record, all files but one
    assert not (tmp_path / "index.html").exists()
    assert len(Folder(tmp_path).there()) == files


def test_a_copy_to_a_bucket_goes_on_where_it_was_killed(made: Made, store: ObjectStore) -> None:
    with pytest.raises(StorageError, match="is away"):
        publish(made.site, Ending(Bucket(store), 40))
    there = len(Bucket(store).there()) - 1
    done = publish(made.site, Bucket(store))
    assert there >= 39
    assert done.copied == done.files - there
    assert set(Bucket(store).there()) == {*files_of(made.site), RECORD}


def test_two_sites_are_never_mixed_at_one_prefix(site: Path, store: ObjectStore) -> None:
    place = Bucket(store)
    with place.alone("of-another-machine"):
        with pytest.raises(StorageError, match=r"is publishing to s3://.* publish again when it has ended") as raised:
            publish(site, place)
        assert f"{store}/{CLAIM}" in str(raised.value)
        assert {*place.there()} == {CLAIM}
    publish(site, place)
    assert {*place.there()} == {*files_of(site), RECORD}


def test_a_copy_whose_claim_was_taken_over_ends_before_it_says_what_is_there(site: Path, store: ObjectStore) -> None:
    with Bucket(store).alone("one") as renew:
        renew()
        store.put(CLAIM, b"another's")
        with pytest.raises(StorageError, match="another copy of a site has taken s3://"):
            renew()
    found = store.get(CLAIM)
    assert found
    assert found[0] == b"another's"
    # What cannot be read is of nobody.
    assert publish(site, Bucket(store)).copied


def test_a_site_goes_on_at_once_where_its_copy_was_killed_and_others_when_its_claim_has_ended(
    store: ObjectStore,
) -> None:
    left = claimed(store, "one")
    left.__enter__()  # and never left: a killed copy
    with claimed(store, "one"):
        pass
    assert store.get(CLAIM) is None
    other = claimed(store, "one")
    other.__enter__()
    with pytest.raises(StorageError, match="is publishing to"), claimed(store, "two"):
        pass
    with claimed(store, "two", lease=dt.timedelta(seconds=-5)):
        found = store.get(CLAIM)
        assert found
        assert b'"two"' in found[0]


class WithoutConditions(BaseHTTPRequestHandler):
    """A store that keeps objects and implements no condition of a PUT."""

    objects: ClassVar[dict[str, bytes]] = {}
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["If-None-Match"] or self.headers["If-Match"]:
            self.answer(501, b"<Error><Code>NotImplemented</Code></Error>")
            return
        self.objects[self.path] = data
        self.answer(200, tag=data)

    def do_GET(self) -> None:
        data = self.objects.get(self.path)
        if data is None:
            self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        else:
            self.answer(200, data, data)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        """Several objects are removed."""
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        for key in re.findall("<Key>([^<]*)</Key>", asked):
            self.objects.pop(f"/b/{key}", None)
        self.answer(200, b"<DeleteResult></DeleteResult>")

    def answer(self, status: int, body: bytes = b"", tag: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("ETag", f'"{hashlib.md5(tag, usedforsecurity=False).hexdigest()}"')
        self.send_header("Last-Modified", "Thu, 26 Nov 2099 05:00:00 GMT")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_a_store_without_conditions_holds_a_claim_as_well_as_it_can() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), WithoutConditions) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        store = ObjectStore("b", "site", f"http://127.0.0.1:{server.server_port}", "us-east-1", "key", "secret")
        with claimed(store, "one") as renew:
            renew()
            with pytest.raises(StorageError, match="is publishing to"), claimed(store, "two"):
                pass
        assert WithoutConditions.objects == {}
        server.shutdown()


def test_a_second_copy_to_a_folder_waits_for_the_first(site: Path, tmp_path: Path) -> None:
    place = Folder(tmp_path / "www")
    with ThreadPoolExecutor(1) as pool:
        with place.alone("one"):
            second = pool.submit(publish, site, place)
            with pytest.raises(TimeoutError):
                second.result(timeout=0.3)
            assert {*place.there()} == set()
        assert second.result(timeout=60).copied


def test_objects_are_served_with_their_types_and_caching(made: Made, store: ObjectStore) -> None:
    publish(made.site, Bucket(store))
    client = S3Store(
        store.bucket,
        prefix=store.prefix,
        endpoint=store.endpoint,
        region=store.region,
        access_key_id=store.access_key_id,
        secret_access_key=store.secret_access_key,
        client_options={"allow_http": True},
    )
    for path, kind in (
        ("index.html", "text/html; charset=utf-8"),
        ("assets/site.js", "text/javascript; charset=utf-8"),
        ("feeds/cs.LG.atom", "application/atom+xml; charset=utf-8"),
        (addresses.day_file(DAYS[0], "bib"), "application/x-bibtex; charset=utf-8"),
    ):
        told = client.get(path).attributes
        assert (told["Content-Type"], told["Cache-Control"]) == (kind, "no-cache"), path
    for path in (path for path in files_of(made.site) if path.endswith(".pf_fragment")):
        assert client.get(path).attributes["Cache-Control"] == "public, max-age=86400"
        break


@pytest.mark.parametrize(
    ("path", "step"),
    [("assets/style.css", 0), ("pagefind/fragment/en_1.pf_fragment", 0), ("pagefind/pagefind-entry.json", 3),
     ("pagefind/2025/pagefind-entry.json", 3), ("papers/2601.1/index.html", 1), ("feeds/cs.LG.atom", 3),
     ("trends/papers-per-day.csv", 0), ("days/index.html", 3), ("index.html", 4)],
)  # fmt: skip
def test_a_file_has_its_turn_after_what_it_leads_to(path: str, step: int) -> None:
    assert step_of(path, is_there=False) == step
    assert step_of("papers/2601.1/index.html", is_there=True) == 2


def test_a_store_that_refuses_or_is_wrong_is_told(made: Made, s3: S3Server, store: ObjectStore) -> None:
    with pytest.raises(StorageError, match="does not permit it with this key") as raised:
        publish(made.site, Bucket(s3.store(store.prefix, key=READER_KEY)))
    assert secret(READER_KEY) not in str(raised.value)
    with pytest.raises(StorageError, match=r"s3://no-such-bucket/.* has no such bucket: make the bucket"):
        publish(made.site, Bucket(replace(store, bucket="no-such-bucket")))
    with pytest.raises(StorageError, match="check AWS_SECRET_ACCESS_KEY"):
        publish(made.site, Bucket(replace(store, secret_access_key="wrong")))


def test_a_site_is_not_published_into_itself_nor_into_the_lake(made: Made, tmp_path: Path) -> None:
    for target in (made.site, made.site / "copy", made.site.parent):
        with pytest.raises(InputError, match="hold one another"):
            folder(str(target), tmp_path, made.site)
    with pytest.raises(InputError, match="make it with `almanac site`"):
        publish(tmp_path / "nothing", Folder(tmp_path / "www"))
    with pytest.raises(SettingsError, match="cannot publish to 'gs://bucket/site': name a folder, or s3://"):
        folder("gs://bucket/site", tmp_path, made.site)
    assert folder("www", tmp_path, made.site) == Folder(tmp_path / "www")
    assert folder("file:///srv/www", tmp_path, made.site) == Folder(Path("/srv/www"))
    lake = ObjectStore(BUCKET, "lake")
    for prefix in ("lake", "lake/site"):
        with pytest.raises(SettingsError, match="the lake is in s3://papers/lake"):
            bucket(ObjectStore(BUCKET, prefix), lake)
    for store in (ObjectStore(BUCKET, "lakeside"), ObjectStore(BUCKET), ObjectStore("www", "lake")):
        assert bucket(store, lake) == bucket(store, tmp_path) == Bucket(store)
