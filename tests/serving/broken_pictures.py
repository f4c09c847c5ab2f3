"""PNG and JPEG files with one thing wrong, made from whole ones part by part."""

import struct
import zlib

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png_parts(png):
    """The chunks of a PNG file: list of (kind, data)."""
    parts, place = [], len(PNG_SIGNATURE)
    while place < len(png):
        length, kind = struct.unpack(">I4s", png[place : place + 8])
        parts.append((kind, png[place + 8 : place + 8 + length]))
        place += length + 12
    return parts


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(parts):
    return PNG_SIGNATURE + b"".join(chunk(kind, data) for kind, data in parts)


def jpeg_parts(jpeg):
    """The segments of a JPEG file up to its scan: list of (marker, data); and the scan with the end marker."""
    parts, place = [], 2
    while True:
        marker, length = jpeg[place + 1], struct.unpack(">H", jpeg[place + 2 : place + 4])[0]
        parts.append((marker, jpeg[place + 4 : place + 2 + length]))
        place += 2 + length
        if marker == 0xDA:
            return parts, jpeg[place:]


def jpeg_of(parts, scan, start=b"\xff\xd8"):
    return start + b"".join(b"\xff" + struct.pack(">BH", m, len(data) + 2) + data for m, data in parts) + scan


def broken_pngs(png):
    """Yields (name, bytes)."""
    parts = png_parts(png)
    kinds = [kind for kind, _ in parts]
    header, pixels = dict(parts)[b"IHDR"], dict(parts)[b"IDAT"]

    def with_header(offset, value):
        changed = header[:offset] + value + header[offset + len(value) :]
        return png_of([(kind, changed if kind == b"IHDR" else data) for kind, data in parts])

    def with_pixels(changed):
        return png_of([(kind, changed if kind == b"IDAT" else data) for kind, data in parts])

    for length in (1, 4, 8, 12, 16, 20, 24, 28, 33, 40, 60, len(png) // 2):
        yield f"PNG cut after {length} bytes", png[:length]
    for place in range(8):
        yield f"PNG with byte {place} of its signature changed", png[:place] + b"\x00" + png[place + 1 :]
    yield "PNG with width 0", with_header(0, b"\0\0\0\0")
    yield "PNG with height 0", with_header(4, b"\0\0\0\0")
    yield "PNG with a negative width", with_header(0, b"\xff\xff\xff\xff")
    yield "PNG with a negative height", with_header(4, b"\x80\0\0\0")
    yield "PNG that claims 2 gigapixels", with_header(0, struct.pack(">II", 65535, 32767))
    yield "PNG that claims 9 megapixels", with_header(0, struct.pack(">II", 3000, 3000))
    yield "PNG with twice the rows", with_header(4, struct.pack(">I", 2 * struct.unpack(">I", header[4:8])[0]))
    yield "PNG of bit depth 3", with_header(8, b"\x03")
    yield "PNG of bit depth 0", with_header(8, b"\x00")
    yield "PNG of colour type 5", with_header(9, b"\x05")
    yield "PNG with a palette that is not there", with_header(9, b"\x03")
    yield "PNG of compression 7", with_header(10, b"\x07")
    yield "PNG of filter 9", with_header(11, b"\x09")
    yield "PNG of interlace 2", with_header(12, b"\x02")
    yield "PNG with a short header", png_of([(b"IHDR", header[:5]), *parts[1:]])
    yield "PNG with a long header", png_of([(b"IHDR", header + b"\0\0"), *parts[1:]])
    yield "PNG without a header", png_of(parts[1:])
    yield "PNG without pixels", png_of([part for part in parts if part[0] != b"IDAT"])
    yield "PNG that ends before its pixels", png_of([parts[0], (b"IEND", b""), *parts[1:]])
    yield "PNG with empty pixels", with_pixels(b"")
    yield "PNG with pixels that are not compressed", with_pixels(zlib.decompress(pixels))
    yield "PNG with half its compressed pixels", with_pixels(pixels[: len(pixels) // 2])
    yield "PNG with half its rows", with_pixels(zlib.compress(zlib.decompress(pixels)[: len(pixels) // 2]))
    yield "PNG with a wrong window", with_pixels(b"\xff" + pixels[1:])
    yield "PNG with noise in its pixels", with_pixels(pixels[:10] + bytes(100) + pixels[110:])
    yield "PNG with filters that do not exist", with_pixels(zlib.compress(b"\x63" * len(zlib.decompress(pixels))))
    yield "PNG with its pixels first", png_of([(b"IDAT", pixels), (b"IHDR", header), (b"IEND", b"")])
    yield "PNG with an unknown chunk that counts", png_of([parts[0], (b"ABCD", b"x"), *parts[1:]])
    for kind in (b"IHDR", b"IDAT"):
        place = png.index(kind) + 4 + len(parts[kinds.index(kind)][1])
        yield f"PNG with a wrong check sum of {kind.decode()}", png[:place] + b"\0\0\0\0" + png[place + 4 :]
    place = png.index(b"IDAT") - 4
    yield "PNG with a chunk of 4 gigabytes", png[:place] + b"\xff\xff\xff\xff" + png[place + 4 :]
    yield "PNG with a chunk of no bytes", png[:place] + b"\0\0\0\0" + png[place + 4 :]


def broken_jpegs(jpeg):
    """Yields (name, bytes)."""
    parts, scan = jpeg_parts(jpeg)

    def without(marker):
        return jpeg_of([part for part in parts if part[0] != marker], scan)

    def with_frame(offset, value):
        return jpeg_of(
            [(m, data[:offset] + value + data[offset + len(value) :] if m == 0xC0 else data) for m, data in parts], scan
        )

    for length in (1, 2, 3, 4, 20, 100, 200, 400, len(jpeg) // 2, len(jpeg) - 2):
        yield f"JPEG cut after {length} bytes", jpeg[:length]
    yield "JPEG with another start", jpeg_of(parts, scan, start=b"\xff\xd9")
    yield "JPEG without a frame", without(0xC0)
    yield "JPEG without quantization tables", without(0xDB)
    yield "JPEG without Huffman tables", without(0xC4)
    yield "JPEG without a scan", jpeg_of(parts[:-1], b"\xff\xd9")
    yield "JPEG with an empty scan", jpeg_of(parts, b"\xff\xd9")
    yield "JPEG of 12 bits", with_frame(0, b"\x0c")
    yield "JPEG of height 0", with_frame(1, b"\0\0")
    yield "JPEG of width 0", with_frame(3, b"\0\0")
    yield "JPEG that claims 4 gigapixels", with_frame(1, b"\xff\xff\xff\xff")
    yield "JPEG that claims 9 megapixels", with_frame(1, struct.pack(">HH", 3000, 3000))
    yield "JPEG of no components", with_frame(5, b"\0")
    yield "JPEG of 200 components", with_frame(5, b"\xc8")
    yield "JPEG with sampling 0", with_frame(7, b"\0")
    yield "JPEG with sampling 15", with_frame(7, b"\xff")
    yield "JPEG with a quantization table that is not there", with_frame(8, b"\x03")
    yield "JPEG coded arithmetically", jpeg.replace(b"\xff\xc0", b"\xff\xc9")
    yield "JPEG without loss", jpeg.replace(b"\xff\xc0", b"\xff\xc3")
    yield "JPEG that starts again", jpeg[:100] + jpeg
    yield "JPEG with a segment of length 0", jpeg[:4] + b"\0\0" + jpeg[6:]
    yield "JPEG with a segment of length 65535", jpeg[:4] + b"\xff\xff" + jpeg[6:]
