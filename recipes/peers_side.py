"""The half of `benchmark_peers.py` that runs in the environment of latex-ocr-junia; not called by hand.

    python peers_side.py

Loads the peer's model once, by the functions that its `predict_image` is made of; that one loads it for every picture.
Each line that it reads is a JSON object: `pictures`, a list of paths, `beam_size`, and whether they are read `together`
in one batch or one by one. It answers each with `latex`, a list, and `seconds`, one number for each reading.
"""

import json
import os
import sys
import time
from pathlib import Path

import torch
from latex_ocr_junia import predict
from latex_ocr_junia.data import load_and_preprocess_image
from latex_ocr_junia.model import build_model, load_checkpoint
from latex_ocr_junia.tokenizer import LatexTokenizer
from latex_ocr_junia.utils import load_model_config

LENGTH_PENALTY = 0.6  # the default of its command


class Peer:
    """latex-ocr-junia, loaded."""

    def __init__(self):
        self.config = load_model_config(predict.ASSETS_DIR / "model_config.json")
        self.tokenizer = LatexTokenizer.load(predict.ASSETS_DIR / "tokenizer.json")
        self.model = build_model(self.config)
        load_checkpoint(self.model, predict.ASSETS_DIR / "best.pt", device="cpu")
        self.model.eval()

    def read(self, paths, beam_size):
        """The LaTeX of pictures, read in one batch."""
        size = {"image_height": self.config.image_height, "image_width": self.config.image_width}
        with torch.no_grad():
            found = self.model.generate(
                images=torch.stack([load_and_preprocess_image(Path(path), **size) for path in paths]),
                bos_token_id=self.tokenizer.bos_id,
                eos_token_id=self.tokenizer.eos_id,
                max_length=self.config.max_length,
                beam_size=beam_size,
                length_penalty=LENGTH_PENALTY,
                no_repeat_ngram_size=0,
            )
        return [self.tokenizer.decode(tokens.numpy()) for tokens in found]


def main():
    """Loads, and answers until its input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what the peer prints is no answer
    peer = Peer()
    about = {"torch": torch.__version__, "threads": torch.get_num_threads()}
    about["parameters"] = sum(each.numel() for each in peer.model.parameters())
    print(json.dumps(about), file=answers, flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        latex, seconds = [], []
        batches = [asked["pictures"]] if asked["together"] else [[path] for path in asked["pictures"]]
        for batch in batches:
            began = time.perf_counter()
            latex += peer.read(batch, asked["beam_size"])
            seconds.append(time.perf_counter() - began)
        print(json.dumps({"latex": latex, "seconds": seconds}), file=answers, flush=True)


if __name__ == "__main__":
    main()
