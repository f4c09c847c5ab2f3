"""Packaging of keras-im2latex."""

from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent

TENSORFLOW_DATASETS = [
    "tensorflow-datasets>=4.9.10",
    "importlib_resources",  # tensorflow-datasets needs it for builders that live in a package
]
TRAIN = ["tensorboard>=2.20", "apache-beam>=2.60", "mlcroissant>=1.0", "matplotlib>=3.8"]
FOREIGN = ["playwright>=1.40", "matplotlib>=3.8"]
SERVE = [
    "tensorflow-serving-api>=2.21",  # TensorFlow Serving's messages and gRPC stubs; no server
    "aiohttp>=3.14",
    "grpcio>=1.70",
    "prometheus_client>=0.20",
]
DEMO = ["aiohttp>=3.14"]  # the page itself needs nothing else: KaTeX lies beside it
PDF = ["pypdfium2>=4.30"]
COMPLETION = ["shtab>=1.7"]
ONNX = ["onnxruntime>=1.20", "onnx>=1.17"]  # the second one to write the graphs, on first use
TEST = ["pytest>=8", "pytest-timeout", "pytest-xdist", "dill", "ruff>=0.6", "sacrebleu>=2.4"]

setup(
    name="keras-im2latex",
    version="0.1.0",
    description="A picture of a formula in, the LaTeX that draws it out: Keras 3 models, data and recipes.",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.11,<3.13",
    packages=find_packages(include=["keras_im2latex", "keras_im2latex.*", "tfds_builders", "tfds_builders.*"]),
    include_package_data=True,
    package_data={
        "keras_im2latex": [
            "examples/*.png",
            "images/*.npz",
            "models/presets/*/*",
            "rendering/*.tex",
            "evaluation/report/report.*",
            "serving/demo/page/*",
            "serving/demo/page/katex/*",
            "serving/demo/page/katex/fonts/*",
        ],
        "tfds_builders": ["*/*.txt", "*/*.bib", "*/*.md", "*/*.tsv", "*/dummy_data/*", "*/dummy_data/*/*"],
    },
    install_requires=[
        "tensorflow>=2.21,<2.22",
        "keras>=3.15,<3.16",
        "numpy>=2.0",
        "pillow>=10.1",
        "tqdm>=4.66",
        "sacrebleu>=2.4",
        *TENSORFLOW_DATASETS,
    ],
    extras_require={
        "train": TRAIN,
        "foreign": FOREIGN,
        "serve": SERVE,
        "demo": DEMO,
        "pdf": PDF,
        "completion": COMPLETION,
        "onnx": ONNX,
        "test": TEST + TRAIN + SERVE + FOREIGN + PDF + COMPLETION + ONNX,
    },
    entry_points={"console_scripts": ["im2latex=keras_im2latex.cli:main"]},
)
