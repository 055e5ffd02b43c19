import gzip
import io
import json
import struct
import zipfile
import zlib
from xml.etree import ElementTree as ET

import pytest
import yaml

from mockserver.answers.files import FILES, file_of


def test_the_png_is_one() -> None:
    data = FILES["image/png"]
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    chunks = {}
    at = 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, content = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + content)
        chunks[kind] = content
        at += 12 + length
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    assert zlib.decompress(chunks[b"IDAT"])


def test_the_pdf_has_its_objects_where_it_says() -> None:
    data = FILES["application/pdf"]
    start = int(data.rpartition(b"startxref\n")[2].split(b"\n")[0])
    assert data[start:].startswith(b"xref\n")
    offsets = [int(line.split()[0]) for line in data[start:].split(b"\n")[3:6]]
    assert [data[offset : offset + 7] for offset in offsets] == [b"1 0 obj", b"2 0 obj", b"3 0 obj"]


def test_archives_open() -> None:
    assert zipfile.ZipFile(io.BytesIO(FILES["application/zip"])).namelist() == []
    assert gzip.decompress(FILES["application/gzip"]) == b""


@pytest.mark.parametrize("media_type", ["application/octet-stream", "video/mp4", "nonsense"])
def test_there_are_bytes_for_every_kind(media_type: str) -> None:
    assert file_of(media_type)


def test_a_file_of_a_text_kind_is_text_of_that_kind() -> None:
    assert json.loads(file_of("application/vnd.geo+json")) == {}
    assert yaml.safe_load(file_of("text/x-yaml; charset=utf-8")) == {"answer": True}
    assert ET.fromstring(file_of("application/rss+xml")).tag == "answer"
    assert file_of("text/markdown").decode("ascii")
