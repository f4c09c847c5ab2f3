"""Reads print and handwriting, each picture with the model that was trained on its kind."""

from keras_im2latex.pixels import PictureError, crop_to_ink, handwriting_probability, read_picture
from keras_im2latex.pixels.picture_source import is_one


class AutoReader:
    """Two readers, and what tells for which of them a picture is.

    Args:
        printed: what reads print: a `FormulaReader` or an `OnnxReader`.
        handwritten: what reads handwriting.

    Example:
        >>> reader = AutoReader(Im2Latex.from_preset("standard"), Im2Latex.from_preset("handwritten"))
        >>> [reading.latex for reading in reader.generate(["printed.png", "written.png"])]
        ['x^2', '\\alpha']
    """

    def __init__(self, printed, handwritten):
        self.printed = printed
        self.handwritten = handwritten

    def reader_of(self, picture):
        """The reader that a picture is for; that of print where the picture can't be read.

        Args:
            picture: a path, the bytes of a picture file, a Pillow image or a uint8 array.
        """
        try:
            ink = crop_to_ink(read_picture(picture))
        except PictureError:
            return self.printed
        return self.handwritten if handwriting_probability(ink) > 0.5 else self.printed

    def generate(self, pictures, *, verify=False, **options):
        """Reads pictures.

        Args:
            pictures: one picture or an iterable of them.
            verify: whether the readings of print are verified; those of handwriting can't be.
            **options: as for the `generate` of the two readers.

        Returns:
            A `Reading`, or a list of them in the order of the pictures.
        """
        single = is_one(pictures)
        sources = [pictures] if single else list(pictures)
        kinds = [self.reader_of(picture) for picture in sources]
        readings = {}
        for reader, verified in ((self.printed, verify), (self.handwritten, False)):
            places = [place for place, kind in enumerate(kinds) if kind is reader]
            if places:
                found = reader.generate([sources[place] for place in places], verify=verified, **options)
                readings.update(zip(places, found, strict=True))
        ordered = [readings[place] for place in range(len(sources))]
        return ordered[0] if single else ordered
