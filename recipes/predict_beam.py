"""Reads a whole store of pictures with Apache Beam: on this machine, or on a cluster.

    python recipes/predict_beam.py --pictures 'pictures/**.png' --output readings/part
    python recipes/predict_beam.py --pictures 'gs://bucket/**.png' --output gs://bucket/readings/part \\
        --runner DataflowRunner --project PROJECT --region REGION --temp_location gs://bucket/tmp

What `im2latex predict FOLDER --json --output FILE` does on one machine, for whoever has a cluster (or any other runner
and file system of Beam): JSON lines with an object a picture, `path`, `latex`, `score` and `tokens`, or `path` and
`error` where a picture could not be read. The workers need this package, and the preset where it is no shipped one.

For one machine that command is the better choice: it goes on after a kill, and sorts more pictures by size at a time.
"""

import argparse
import json
import math

import apache_beam as beam
from apache_beam.io import fileio
from apache_beam.ml.inference.base import KeyedModelHandler, ModelHandler, RunInference
from apache_beam.options.pipeline_options import PipelineOptions


class FormulaModelHandler(ModelHandler):
    """Reads the bytes of pictures with a preset, for Beam's `RunInference`.

    Args:
        preset: str, a name, or a folder that the workers see. Default: `standard`.
        beam_size: int, hypotheses kept. Default: 5.
        batch_size: int, pictures read at once. Default: 32.
        window: int, pictures that are put together, to be sorted by size. Default: 512.

    Example:
        >>> pictures | RunInference(KeyedModelHandler(FormulaModelHandler()))
    """

    def __init__(self, preset="standard", beam_size=5, batch_size=32, window=512):
        super().__init__(min_batch_size=1, max_batch_size=window)
        self._preset = preset
        self._options = {"beam_size": beam_size, "batch_size": batch_size, "on_error": "keep"}

    def load_model(self):
        """The model, once a worker process."""
        from keras_im2latex.models import FormulaReader

        return FormulaReader.from_preset(self._preset)

    def run_inference(self, batch, model, inference_args=None):
        """A `Reading` for each picture.

        Args:
            batch: sequence of bytes.
            model: what `load_model` gave.
            inference_args: dict of further options of `generate`.

        Returns:
            List of `Reading`.
        """
        return model.generate(list(batch), **{**self._options, **(inference_args or {})})


def json_line(path, reading):
    """A picture's line: its path and what was read in it, or why it could not be."""
    if reading.error is not None:
        return json.dumps({"path": path, "error": reading.error})
    score = reading.score if math.isfinite(reading.score) else None
    return json.dumps({"path": path, "latex": reading.latex, "score": score, "tokens": list(reading.tokens)})


def read_pictures(pipeline, pattern, output, handler):
    """Adds reading and writing to a pipeline.

    Args:
        pipeline: a `beam.Pipeline`.
        pattern: str, file pattern of the pictures; `**` is any depth.
        output: str, prefix of the files of JSON lines.
        handler: a `FormulaModelHandler`.

    Returns:
        The output of `beam.io.WriteToText`.
    """
    return (
        pipeline
        | "Match" >> fileio.MatchFiles(pattern)
        | "Spread" >> beam.Reshuffle()
        | "Open" >> fileio.ReadMatches()
        | "Bytes" >> beam.Map(lambda file: (file.metadata.path, file.read()))
        | "Read" >> RunInference(KeyedModelHandler(handler))
        | "Lines" >> beam.MapTuple(json_line)
        | "Write" >> beam.io.WriteToText(output, file_name_suffix=".jsonl")
    )


def main(arguments=None):
    """Runs the pipeline that the command line asks for; options it does not know go to Beam."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", required=True, metavar="PATTERN", help="such as 'pictures/**.png'")
    parser.add_argument("--output", required=True, metavar="PREFIX", help="of the files of JSON lines")
    parser.add_argument("--preset", default="standard", metavar="NAME", help="(default: standard)")
    parser.add_argument("--beam-size", type=int, default=5, metavar="N", help="(default: 5)")
    parser.add_argument("--batch-size", type=int, default=32, metavar="N", help="(default: 32)")
    options, others = parser.parse_known_args(arguments)
    handler = FormulaModelHandler(options.preset, options.beam_size, options.batch_size)
    with beam.Pipeline(options=PipelineOptions(others, save_main_session=False)) as pipeline:
        read_pictures(pipeline, options.pictures, options.output, handler)


if __name__ == "__main__":
    main()
