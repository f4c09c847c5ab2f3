"""What hostile formulas try, and what becomes of them.

    python recipes/check_hostile.py
    python recipes/check_hostile.py --only "input by name" "endless loop" --timeout 2

Draws each hostile formula in a process of its own, among 20 innocent neighbours, and prints a table: what it tried,
what `render` said, seconds, the most memory that TeX or dvipng took, which files outside the run's own folder they
opened or left in the current folder, and whether the neighbours' pictures are what they are without it. Ends with
status 1 if a neighbour was harmed or a file touched.

Files are watched with strace, if it is installed: what TeX opens for innocent formulas alone (its fonts and formats)
does not count. Without strace only what appears in the current folder is seen.

Cost: two cores, TeX, no accelerator; about 4 minutes with strace, half of it waiting for time limits.
Score: no neighbour harmed, no file touched, no formula over the time limits of the batch and of its own run.
"""

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

from keras_im2latex.rendering import render

# {canary} is a file in the current folder, {folder} that folder.
HOSTILE = {
    "input": ("read a file", r"\input{{canary}}"),
    "input by name": ("read a file", r"\csname input\endcsname{{canary}}"),
    "input by primitive": ("read a file", r"\csname @@input\endcsname {canary} "),
    "input by character codes": ("read a file", r"^^5cinput{{canary}}"),
    "input by environment": ("read a file", r"\begin{input}{{canary}}"),
    "input by rescanning": ("read a file", r"\scantokens{^^5cinput{{canary}}}"),
    "password file": ("read a file", r"\csname @@input\endcsname /etc/passwd "),
    "openin": ("read a file", r"\openin5={canary} \read5 to\x \x"),
    "openin by name": ("read a file", r"\csname openin\endcsname5={canary} \csname read\endcsname5 to\x \x"),
    "dumped file": ("read a file", r"\csname pdffiledump\endcsname offset 0 length 99 {{canary}}"),
    "file's checksum": ("read a file", r"\csname pdfmdfivesum\endcsname file {{canary}}"),
    "verbatiminput": ("read a file", r"\verbatiminput{{canary}}"),
    "includegraphics": ("read a file", r"\includegraphics{{canary}}"),
    "terminal": ("wait for the terminal", r"\batchmode\read-1 to\x x"),
    "terminal by name": ("wait for the terminal", r"\batchmode\csname read\endcsname-1 to\x x"),
    "terminal after an error": ("wait for the terminal", r"\errorstopmode\undefined x"),
    "write18": ("start a program", r"\immediate\write18{touch {folder}/ran}"),
    "write18 by name": (
        "start a program",
        r"\csname immediate\endcsname\csname write\endcsname18{touch {folder}/ran}x",
    ),
    "piped input": ("start a program", r"\csname @@input\endcsname |touch\space{folder}/ran "),
    "openout": ("write a file", r"\immediate\openout5={folder}/written x"),
    "openout by name": ("write a file", r"\csname openout\endcsname5={folder}/written x"),
    "openout by its other name": ("write a file", r"\csname tex_openout:D\endcsname5={folder}/written x"),
    "special": ("run PostScript", r"\special{psfile={canary}}"),
    "special by name": ("run PostScript", r"\csname special\endcsname{ps: ({canary}) (r) file}x"),
    "special by primitive": (
        "run PostScript",
        r"\csname pdfprimitive\expandafter\endcsname\csname special\endcsname{x}",
    ),
    "shipout": ("draw further pages", r"\shipout\hbox{a}b"),
    "shipout by the driver's name": ("draw further pages", r"\csname rendering@shipout\endcsname\hbox{a}b"),
    "endless macro": ("take time", r"\def\x{\x}\x"),
    "endless loop": ("take time", r"\loop\iftrue\repeat"),
    "endless printing": ("fill the disk", r"\def\x{\message{" + "x" * 50 + r"}\x}\x"),
    "endless leaders": ("fill the disk", r"\hbox to 99cm{\leaders\hbox to 99sp{x}\hfill}"),
    "endless boxes": ("fill the memory", r"\loop\hbox{x}\iftrue\repeat"),
    "endless groups": ("fill the memory", r"\def\x{\hbox{\x}}\x"),
    "endless names": (
        "fill the memory",
        r"\count0=0 \loop\expandafter\let\csname x\number\count0\endcsname\relax\advance\count0 1 \iftrue\repeat",
    ),
    "endless fonts": ("fill the memory", r"\count0=9 \loop\font\x=cmr10 at\count0sp\advance\count0 9 \iftrue\repeat"),
    "exponential macro": ("fill the memory", r"\def\a#1{\b{#1#1}}\def\b#1{\a{#1#1}}\a x"),
    "exponential array": ("fill the memory", r"\begin{array}{*{1000000}{*{1000000}{c}}}x\end{array}"),
    "deep braces": ("fill the memory", "{" * 4000 + "x" + "}" * 4000),
    "deep roots": ("fill the memory", r"\sqrt{" * 1400 + "x" + "}" * 1400),
    "deep delimiters": ("fill the memory", r"\left(" * 600 + "x" + r"\right)" * 600),
    "deep scripts": ("fill the memory", "x_{" * 2000 + "x" + "}" * 2000),
    "kilometre": ("draw a huge picture", r"\rule{1km}{1km}"),
    "six metres": ("draw a huge picture", r"\rule{16383pt}{16383pt}"),
    "five metres in no width": ("draw a huge picture", r"\rlap{\rule{500cm}{500cm}}x"),
    "far right": ("draw a huge picture", r"x\hspace{500cm}y"),
    "far up": ("draw a huge picture", r"\raise 16000pt\hbox{x}y"),
    "farther than numbers go": ("draw a huge picture", r"x" + r"\hskip16000pt" * 600 + "y"),
    "ten megabytes": ("fill the memory", "x" * 10_000_000),
    "broken UTF-8": ("be no text", b"x\xff"),
    "lone surrogate": ("be no text", "x\ud800"),
    "NUL": ("be no text", "x\0y"),
    "escape": ("write to the terminal", "\x1b[2J"),
    "carriage return": ("end the line", "x\r% y\rz"),
    "line end by character code": ("end the line", "x^^M^^My"),
    "open brace": ("reach the neighbours", "{x"),
    "closing brace": ("reach the neighbours", "x}"),
    "open argument": ("reach the neighbours", r"\frac{1"),
    "open optional argument": ("reach the neighbours", r"\sqrt["),
    "open delimiter": ("reach the neighbours", r"\left(x"),
    "open environment": ("reach the neighbours", r"\begin{array}{c}x"),
    "open condition": ("reach the neighbours", r"\iffalse x"),
    "end of group": ("reach the neighbours", r"\endgroup\endgroup\endgroup\global\let\frac\binom x"),
    "end of box": ("reach the neighbours", r"$$\egroup\egroup\global\let\frac\binom\setbox0\vbox\bgroup$$x"),
    "end of document": ("end the run", r"\end{document}"),
    "end of run": ("end the run", r"\csname @@end\endcsname"),
    "end of file": ("end the run", r"x\endinput"),
    "end of display": ("reach the neighbours", r"x\]y\[z"),
    "comment": ("reach the neighbours", "x%"),
    "parameter character": ("reach the neighbours", "#"),
    "alignment character": ("reach the neighbours", "&"),
    "paragraph": ("reach the neighbours", "x\n\ny"),
    "global definition": ("change the neighbours", r"\gdef\alpha{\beta}\alpha"),
    "global let": ("change the neighbours", r"\global\let\frac\binom x"),
    "global assignments": ("change the neighbours", r"\globaldefs=1 \def\alpha{Z}x"),
    "global environment": ("change the neighbours", r"\begin{global}\let\alpha\beta x"),
    "global category": ("change the neighbours", r"\global\catcode`\x=13 y"),
    "global length": ("change the neighbours", r"\global\textwidth=1cm x"),
    "global mathematics": ("change the neighbours", r"\global\mathcode`\x=`\y z"),
    "later text": ("change the neighbours", r"\aftergroup\global\everydisplay{x}y"),
    "the driver's command": ("change the neighbours", r"\gdef\drawformula#1#2{}x"),
    "the driver's shipping": (
        "change the neighbours",
        r"\expandafter\gdef\csname rendering@ship\endcsname#1#2{\csname rendering@shipout\endcsname\hbox{x}}y",
    ),
    "forged log": ("pass for another", r"\wlog{[formula 0 ends]}\message{[formula 0]}x"),
    "forged mark": ("pass for another", r"\wlog{[\formulamark\space0 ends]}\gdef\formulamark{x}x"),
    "silence": ("hide an error", r"\batchmode\undefined x"),
}
NEIGHBOURS = [
    *(r"\alpha^x + \mathbf{x}", r"\frac{a}{b}", r"\begin{matrix} 1 & \beta \\ 2 & 3 \end{matrix}", "x", "y = z"),
    *(r"\sum_{n=1}^\infty \frac{1}{n^2}", r"\int_0^1 f(x)\,dx", r"\left( \frac{x}{y} \right)", r"\mathcal{L}"),
    *(r"\begin{cases} x \\ y \end{cases}", r"\text{if } x > 0", r"\binom{n}{k}", r"\hat{x} + \vec{y}", r"\mathbb{R}^n"),
    *(r"\lim_{x \to 0} x", r"\overline{z}", r"a \leq b \geq c", r"\prod_i x_i", r"\partial_\mu \phi", r"\sqrt[3]{x_1}"),
]


def formula_of(name, folder):
    """Returns a hostile formula, its canary being in a folder."""
    formula = HOSTILE[name][1]
    if isinstance(formula, bytes):
        return formula
    return formula.replace("{canary}", os.path.join(folder, "canary.tex")).replace("{folder}", folder)


def draw_one(name, timeout):
    """Draws one hostile formula, or none, between the neighbours, and prints what became of all as JSON."""
    half = len(NEIGHBOURS) // 2
    hostile = [formula_of(name, os.getcwd())] if name else []
    start = time.monotonic()
    renderings = list(render([*NEIGHBOURS[:half], *hostile, *NEIGHBOURS[half:]], workers=1, timeout=timeout))
    outcome = {
        "seconds": time.monotonic() - start,
        "megabytes": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        "outcome": (renderings.pop(half).error or "a picture of its own") if hostile else None,
        "neighbours": [rendering.error or rendering.png.hex() for rendering in renderings],
    }
    json.dump(outcome, sys.stdout)


def opened_files(trace):
    """Yields the files that TeX or dvipng opened, made or removed, from strace's record of one process."""
    program, folder = None, ""
    for line in trace:
        found = re.match(r'(\w+)\((?:AT_FDCWD, )?"((?:[^"\\]|\\.)*)"', line)
        if not found or " = -1 " in line:
            continue
        call, name = found.groups()
        if call == "execve":
            program = os.path.basename(name)
        elif call == "chdir":
            folder = os.path.join(folder, name)
        elif program in ("sh", "pdftex", "dvipng"):
            yield os.path.normpath(os.path.join(folder, name))
        if call == "execve" and program not in ("sh", "pdftex", "dvipng", "strace", os.path.basename(sys.executable)):
            yield name  # a program that nothing here starts


def watch(name, timeout, folder):
    """Draws one hostile formula in a process of its own; returns its outcome, with the files it touched."""
    with open(os.path.join(folder, "canary.tex"), "w") as stream:
        stream.write(r"canary \message{canary}")
    scratch = os.path.join(folder, "scratch")
    os.mkdir(scratch)
    command = [sys.executable, os.path.abspath(__file__), "--one", name or "", "--timeout", str(timeout)]
    traces = os.path.join(folder, "traces")
    os.mkdir(traces)
    if shutil.which("strace"):
        calls = "execve,chdir,open,openat,creat,mkdir,unlink,rename,link,symlink"
        command = [
            "strace",
            "-ff",
            "-qq",
            "-s",
            "4096",
            "-o",
            os.path.join(traces, "process"),
            "-e",
            f"trace={calls}",
            *command,
        ]
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "TMPDIR": scratch, "PYTHONPATH": path}
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(f"{name}: {result.stderr[-1000:]}")
    outcome = json.loads(result.stdout)
    outcome["appeared"] = sorted({*os.listdir(folder), *os.listdir(scratch)} - {"canary.tex", "scratch", "traces"})
    outcome["opened"] = set()
    for name in os.listdir(traces):
        with open(os.path.join(traces, name), encoding="utf-8", errors="replace") as lines:
            outcome["opened"].update(opened_files(lines))
    inside = os.path.join(scratch, "")
    outcome["opened"] = {file for file in outcome["opened"] if os.path.isabs(file) and not file.startswith(inside)}
    return outcome


def main():
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", nargs="+", metavar="NAME", default=list(HOSTILE), help="some of the formulas")
    parser.add_argument("--timeout", type=float, default=2.0, help="seconds a formula may take (default: 2)")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one is not None:
        return draw_one(options.one, options.timeout)
    alone = [next(render([formula])).png.hex() for formula in NEIGHBOURS]
    with tempfile.TemporaryDirectory() as folder:
        baseline = watch(None, options.timeout, folder)
    # TeX's own files: those that lie where the innocent formulas' do, two folders deep.
    usual = {os.path.join("/", *file.split("/")[1:3]) for file in baseline["opened"]}
    harmed = 0
    watched = "strace" if shutil.which("strace") else "the current folder only"
    print(f"Time limit {options.timeout:g} s a formula; files watched with {watched}\n")
    print("| formula | tries to | outcome | seconds | MB | files touched | neighbours |\n|---|---|---|---|---|---|---|")
    for name in options.only:
        with tempfile.TemporaryDirectory() as folder:
            seen = watch(name, options.timeout, folder)
        strange = {file for file in seen["opened"] if os.path.join("/", *file.split("/")[1:3]) not in usual}
        touched = sorted(strange) + seen["appeared"]
        changed = sum(after != before for after, before in zip(seen["neighbours"], alone))
        harmed += bool(changed or touched)
        outcome = seen["outcome"].replace(folder, "").replace("|", r"\|")
        figures = f"{seen['seconds']:.1f} | {seen['megabytes']:.0f}"
        told = f"{changed} changed" if changed else "intact"
        print(
            f"| {name} | {HOSTILE[name][0]} | {outcome} | {figures} | {', '.join(touched) or 'none'} | {told} |",
            flush=True,
        )
    print(f"\n{len(options.only)} hostile formulas, {harmed} did harm")
    return 1 if harmed else 0


if __name__ == "__main__":
    sys.exit(main())
