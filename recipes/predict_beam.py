"""Reads a whole store of pictures with Apache Beam: on this machine, or on a cluster.

    python recipes/predict_beam.py --pictures 'pictures/**.png' --output readings/part
    python recipes/predict_beam.py --pictures 'gs://bucket/**.png' 'gs://bucket/**.jpg' \\
        --output gs://bucket/readings/part --runner DataflowRunner --project PROJECT --region REGION \\
        --temp_location gs://bucket/tmp --experiments use_runner_v2 --experiments no_use_multiple_sdk_containers

What `im2latex predict FOLDER --json --output FILE` does on one machine, for whoever has a cluster (or any other runner
and file system of Beam): the same JSON lines, an object a picture. The workers need this package, and the preset where
it is no shipped one. Each worker process holds one model and at most 512 pictures; with an accelerator let a machine
have one process, as the second command does on Dataflow.

For one machine that command is the better choice: it goes on after a kill, where Beam starts afresh. Beam's
`DirectRunner` first looks for a program that it downloads; `--runner FnApiRunner` runs in this process without it.
"""

import argparse
import json

import apache_beam as beam
from apache_beam.io import fileio
from apache_beam.io.fileio import EmptyMatchTreatment
from apache_beam.ml.inference.base import KeyedModelHandler, ModelHandler, RunInference
from apache_beam.options.pipeline_options import PipelineOptions


class FormulaModelHandler(ModelHandler):
    """Reads the bytes of pictures with a preset, for Beam's `RunInference`.

    Args:
        preset: str, a name, or a folder that the workers see. Default: `standard`.
        beam_size: int, hypotheses kept. Default: 5.
        n_best: int, readings of each picture. Default: 1.
        batch_size: int, pictures read at once. Default: 32.
        window: int, pictures that are put together, to be sorted by size, where a bundle has as many. Default: 512.

    Example:
        >>> pictures | RunInference(KeyedModelHandler(FormulaModelHandler()))
    """

    def __init__(self, preset="standard", beam_size=5, n_best=1, batch_size=32, window=512):
        # Of one size: Beam would otherwise begin with single pictures to find the best number by itself.
        super().__init__(min_batch_size=window, max_batch_size=window)
        self._preset = preset
        self._options = {"beam_size": beam_size, "n_best": n_best, "batch_size": batch_size, "on_error": "keep"}

    def load_model(self):
        """The model, once a worker process."""
        from keras_im2latex.models import FormulaReader

        return FormulaReader.from_preset(self._preset)

    def run_inference(self, batch, model, inference_args=None):
        """A `Reading` for each picture; one that can't be read has an `error`.

        Args:
            batch: sequence of bytes.
            model: what `load_model` gave.
            inference_args: dict of further options of `generate`.

        Returns:
            List of `Reading`.
        """
        return model.generate(list(batch), **{**self._options, **(inference_args or {})})

    def get_num_bytes(self, batch):
        """The bytes of the pictures, for Beam's metrics."""
        return sum(len(picture) for picture in batch)


class OpenPictures(beam.DoFn):
    """Reads the files of pictures: pairs of path and bytes, and under the tag `unopened` those of path and reason."""

    UNOPENED = "unopened"

    def process(self, file):
        """Reads one file, and no more of it than is refused as too large.

        Args:
            file: a `fileio.ReadableFile`.
        """
        from keras_im2latex.pixels.picture_error import LARGEST_FILE

        path = file.metadata.path
        try:
            with file.open(mime_type="application/octet-stream") as stream:
                yield path, stream.read(LARGEST_FILE + 1)
        except (FileNotFoundError, PermissionError) as error:  # not those that pass: the runner tries again
            yield beam.pvalue.TaggedOutput(self.UNOPENED, (path, f"can't be opened: {error.strerror or error}"))


def reading_line(path, reading, alternatives=False):
    """A picture's line: its path and what was read in it, or why it could not be."""
    return json.dumps({"path": path, **reading.to_dict(alternatives)})


def error_line(path, reason):
    """The line of a picture whose file could not be opened."""
    return json.dumps({"path": path, "error": reason})


def read_pictures(pipeline, patterns, output, handler, alternatives=False):
    """Adds reading and writing to a pipeline.

    Args:
        pipeline: a `beam.Pipeline`.
        patterns: list of str, file patterns of the pictures; `**` is any depth. A picture that two of them match is
            read twice.
        output: str, prefix of the files of JSON lines.
        handler: a `FormulaModelHandler`.
        alternatives: bool, whether lines hold all readings of the handler's `n_best`.

    Returns:
        The output of `beam.io.WriteToText`.
    """
    files = (
        pipeline
        | "Patterns" >> beam.Create(patterns)
        | "Match" >> fileio.MatchAll(EmptyMatchTreatment.DISALLOW)
        | "Spread" >> beam.Reshuffle()
        | "Files" >> fileio.ReadMatches()
        | "Open" >> beam.ParDo(OpenPictures()).with_outputs(OpenPictures.UNOPENED, main="opened")
    )
    readings = files.opened | "Read" >> RunInference(KeyedModelHandler(handler))
    lines = (
        readings | "Reading lines" >> beam.MapTuple(reading_line, alternatives=alternatives),
        files[OpenPictures.UNOPENED] | "Error lines" >> beam.MapTuple(error_line),
    )
    return lines | "Lines" >> beam.Flatten() | "Write" >> beam.io.WriteToText(output, file_name_suffix=".jsonl")


def main(arguments=None):
    """Runs the pipeline that the command line asks for; options it does not know go to Beam."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", required=True, nargs="+", metavar="PATTERN", help="such as 'pictures/**.png'")
    parser.add_argument("--output", required=True, metavar="PREFIX", help="of the files of JSON lines")
    parser.add_argument("--preset", default="standard", metavar="NAME", help="(default: standard)")
    parser.add_argument("--beam-size", type=int, default=5, metavar="N", help="(default: 5)")
    parser.add_argument("--n-best", type=int, default=1, metavar="N", help="readings of each picture (default: 1)")
    parser.add_argument("--batch-size", type=int, default=32, metavar="N", help="(default: 32)")
    options, others = parser.parse_known_args(arguments)
    handler = FormulaModelHandler(options.preset, options.beam_size, options.n_best, options.batch_size)
    # What the workers get is pickled by value, with the imports it uses.
    beam_options = PipelineOptions(others, save_main_session=False, pickle_library="cloudpickle")
    with beam.Pipeline(options=beam_options) as pipeline:
        read_pictures(pipeline, options.pictures, options.output, handler, alternatives=options.n_best > 1)


if __name__ == "__main__":
    main()
