"""A batch of formulas through TeX, each as if it were alone."""

import collections
import itertools
import re

from keras_im2latex.rendering.commands import commands, forbidden_command, is_harmless
from keras_im2latex.rendering.defined_commands import defined_commands
from keras_im2latex.rendering.tex_run import TexRun

_LEAST_RUNS = 8  # before it is asked what they settle
_SHARED_COST = 400  # a run of so many formulas takes as long as two or three runs of one
_DELIMITERS = re.compile(r"\\(begin|end|left|right)(?![A-Za-z])|\\.|([{}])", re.DOTALL)
_CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class TexBatch:
    """Sets a batch of formulas in as few TeX runs as keep them independent of each other.

    Formulas made of harmless commands share a run. What is set without an error changes nothing for those
    after it, but an error may. So of each run only the pages before the first failure are taken, and the
    rest is set again; and of the failures only the first is believed, the others when they fail again in the
    opposite order. Any other formula has a run to itself.

    Args:
        formulas: list of str or bytes (UTF-8).
        page: `Page`.
        timeout: float. Seconds a formula may take.
        max_length: int. Greatest length of a formula in bytes.
        take: callable. Given a `TexRun` and a number, it returns or yields the outcome of each of so many pages, from
            the first on.
        outcome: class of the outcomes. Called with `error`, it makes that of a formula that failed.
    """

    def __init__(self, formulas, page, *, timeout, max_length, take, outcome):
        self.page = page
        self.timeout = timeout
        self.max_length = max_length
        self.take = take
        self.outcome = outcome
        self._undefined = frozenset()
        self._formulas = list(formulas)
        self._outcomes = [None] * len(self._formulas)

    def outcomes(self):
        """Returns a list with the outcome of each formula."""
        accepted = []
        for number, formula in enumerate(self._formulas):
            try:
                self._formulas[number] = self._checked(formula)
                accepted.append(number)
            except ValueError as error:
                self._fail(number, str(error))
        names = set().union(*(commands(self._formulas[number]) for number in accepted))
        self._undefined = defined_commands(self.page).undefined(names)
        # A command that is not defined does no more harm than an error.
        known = self._undefined.union(self.page.harmless_commands)
        harmless, unknown = [], []
        for number in accepted:
            (harmless if is_harmless(self._formulas[number], known) else unknown).append(number)
        self._set_together(harmless)
        for number in unknown:
            self._set_alone(number)
        return self._outcomes

    def _checked(self, formula):
        if len(formula) > self.max_length:
            raise ValueError(f"longer than {self.max_length} bytes ({len(formula)})")
        try:
            encoded = formula if isinstance(formula, bytes) else formula.encode("utf-8")
            text = encoded.decode("utf-8")
        except UnicodeError as error:
            raise ValueError(f"not valid UTF-8: {error.reason} at {error.start}") from None
        if len(encoded) > self.max_length:
            raise ValueError(f"longer than {self.max_length} bytes ({len(encoded)})")
        control = _CONTROL_CHARACTER.search(text)
        if control:
            raise ValueError(f"control character U+{ord(control.group()):04X} at {control.start()}")
        if not text.strip():
            raise ValueError("blank")
        forbidden = forbidden_command(text)
        if forbidden:
            raise ValueError(f"\\{forbidden} is not allowed in a formula")
        return text

    def _fail(self, number, reason):
        self._outcomes[number] = self.outcome(error=reason)

    def _set_together(self, numbers):
        # Those likely to fail come last, so that most pages come before the first failure.
        pending = sorted(numbers, key=lambda number: self._is_doubtful(self._formulas[number]))
        suspects = []
        settled = 0
        for runs in itertools.count():
            left = len(pending) + len(suspects)
            # What a run settles on average must take longer with a run each.
            if not left or (runs >= _LEAST_RUNS and settled * _SHARED_COST < runs * left):
                break
            order = [*pending, *reversed(suspects)]
            with self._run(order) as run:
                failures = run.failures
                clean = itertools.takewhile(lambda number: number not in failures, order[: run.passed])  # noqa: B023
                self._take(run, list(clean))
            if failures and not run.passed:
                self._set_alone(next(iter(failures)))  # it was killed: what came before is unknown
                failures = {}
            first = next(iter(failures), None)
            for number, reason in failures.items():
                if number == first or number in suspects:
                    self._fail(number, reason)
            undecided = [number for number in order if self._outcomes[number] is None]
            settled = len(numbers) - len(undecided)
            suspects = [number for number in undecided if number in failures]
            pending = [number for number in undecided if number not in failures]
        for number in [*pending, *suspects]:
            self._set_alone(number)

    def _set_alone(self, number):
        with self._run([number], confined=True) as run:
            if run.failures:
                self._fail(number, next(iter(run.failures.values())))
            else:
                self._take(run, [number])

    def _run(self, numbers, **options):
        formulas = {number: self._formulas[number] for number in numbers}
        return TexRun(formulas, self.page, timeout=self.timeout, **options)

    def _take(self, run, numbers):
        for number, outcome in zip(numbers, self.take(run, len(numbers))):
            self._outcomes[number] = outcome

    def _is_doubtful(self, formula):
        if not self._undefined.isdisjoint(commands(formula)):
            return True
        found = collections.Counter(itertools.chain.from_iterable(_DELIMITERS.findall(formula)))
        return any(found[opening] != found[closing] for opening, closing in ("{}", ("begin", "end"), ("left", "right")))
